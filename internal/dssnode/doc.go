// Package dssnode knows what a host runs of Dataiku DSS: how it is installed, and how it is set up. It checks both before anything is
// created, and renders them to the document that the host's reconciler carries out.
//
// What is known about each release is data (versions.go). Settings differ between majors, so each major has a template of its own
// (render14.go, render15.go). Keys that nobody has seen on a running DSS never stand in a template: they are in a document of their
// own, of which the host reports what DSS drops, without failing.
package dssnode
