package dssnode

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi-dss/pulumi-dss/internal/problem"
)

// adminLogin is the user that DSS begins with. The host makes its password.
const adminLogin = "admin"

// groupsOfDSS are the groups that DSS begins with.
var groupsOfDSS = []string{"administrators", "data_team", "readers"}

// permissions are the global permissions of a group, by DSS's names.
var permissions = []string{
	"mayCreateActiveWebContent", "mayCreateAuthenticatedConnections", "mayCreateClusters", "mayCreateCodeEnvs",
	"mayCreateCodeStudioTemplates", "mayCreateDataCollections", "mayCreateEnterpriseAssetCollections", "mayCreateProjects",
	"mayCreateProjectsFromDataikuApps", "mayCreateProjectsFromMacros", "mayCreateProjectsFromTemplates", "mayCreatePublishedAPIServices",
	"mayCreatePublishedProjects", "mayCreateWorkspaces", "mayDevelopPlugins", "mayEditLibFolders", "mayManageClusters", "mayManageCodeEnvs",
	"mayManageCodeStudioTemplates", "mayManageEnterpriseAssetLibrary", "mayManageFeatureStore", "mayManageUDM",
	"mayPublishToDataCollections", "mayShareToWorkspaces", "mayViewIndexedHiveConnections", "mayWriteInRootProjectFolder",
	"mayWriteSafeCode", "mayWriteUnsafeCode",
}

// groupsProblems are about groups that are named and that there are not.
func (n *node) groupsProblems(wrong *problem.List, path string, names []string) {
	for i, name := range names {
		at := problem.Index(path, i)
		isNamed := func(g Group) bool { return g.Name == name }
		if !slices.ContainsFunc(n.settings.Groups, isNamed) && !slices.Contains(n.settings.ExternalGroups, name) &&
			!slices.Contains(groupsOfDSS, name) {
			wrong.Add(at, "declare it in groups, or list it in externalGroups where it is there", "there is no group %q", name)
		}
		if slices.Contains(names[:i], name) {
			wrong.Add(at, "name each once", "%q is there twice", name)
		}
	}
}

// peopleProblems are about groups, users and code environments.
func (n *node) peopleProblems() problem.List {
	s := n.settings
	var wrong problem.List
	groups, users, envs := unique{}, unique{}, unique{}
	for i, g := range s.Groups {
		at := problem.Index("groups", i)
		wrong.Under(at, n.groupProblems(g))
		groups.add(&wrong, at+".name", g.Name, "group")
	}
	for i, name := range s.ExternalGroups {
		form(&wrong, problem.Index("externalGroups", i), or(name, " "), groupPattern, "the name of a group")
	}
	for i, u := range s.Users {
		at := problem.Index("users", i)
		wrong.Under(at, n.userProblems(u))
		users.add(&wrong, at+".login", u.Login, "user")
	}
	for i, e := range s.CodeEnvs {
		at := problem.Index("codeEnvs", i)
		wrong.Under(at, n.codeEnvProblems(e))
		envs.add(&wrong, at+".name", e.Name, "code environment")
	}
	return wrong
}

func (n *node) groupProblems(g Group) problem.List {
	var wrong problem.List
	required(&wrong, "name", g.Name, groupPattern, "letters, digits, dots, underscores, hyphens and @")
	oneOf(&wrong, "source", g.Source, SourceLocal, SourceLDAP, SourceSSO)
	if g.Source == SourceLocal && len(g.ExternalGroups) > 0 {
		wrong.Add("externalGroups", "use the source LDAP or SSO, or leave them out", "a local group has no members from elsewhere")
	}
	for _, key := range slices.Sorted(maps.Keys(g.Permissions)) {
		isNew := n.installation.AllowUnknownVersion && strings.HasPrefix(key, "may")
		if !slices.Contains(permissions, key) && !isNew {
			wrong.Add("permissions."+key, "use "+strings.Join(permissions, ", "), "it is no permission of DSS")
		}
	}
	return wrong
}

func (n *node) userProblems(u User[string]) problem.List {
	var wrong problem.List
	required(&wrong, "login", u.Login, loginPattern, "letters, digits, dots, underscores, hyphens, + and @")
	if u.Login == adminLogin {
		wrong.Add("login", "leave it out", "%s is there, and the host makes its password", adminLogin)
	}
	if u.Profile == "" {
		wrong.Add("profile", "give a profile of the licence, such as FULL_DESIGNER or READER", "it is missing: DSS's own default is no longer "+
			"in newer licences")
	}
	form(&wrong, "profile", u.Profile, variablePattern, "a profile such as FULL_DESIGNER")
	oneOf(&wrong, "source", u.Source, SourceLocal, SourceLDAP, SourceSSO)
	form(&wrong, "passwordSecretArn", u.PasswordSecretARN, secretPattern, "the ARN of a secret: arn:aws:secretsmanager:…")
	switch {
	case u.Source == SourceLocal && u.PasswordSecretARN == "":
		wrong.Add("passwordSecretArn", "give a secret with the first password, or use the source LDAP or SSO", "a local user has no password")
	case u.Source != SourceLocal && u.PasswordSecretARN != "":
		wrong.Add("passwordSecretArn", "leave it out", "the password of a user from %s is not DSS's", u.Source)
	}
	line(&wrong, "displayName", u.DisplayName)
	if u.Email != "" && (!strings.Contains(u.Email, "@") || strings.ContainsAny(u.Email, " \t\r\n\x00")) {
		wrong.Add("email", "give an address, or leave it out", "%q is no address", u.Email)
	}
	n.groupsProblems(&wrong, "groups", u.Groups)
	return wrong
}

func (n *node) codeEnvProblems(e CodeEnv) problem.List {
	var wrong problem.List
	required(&wrong, "name", e.Name, namePattern, "letters, digits, underscores and hyphens, at most 63")
	oneOf(&wrong, "language", e.Language, LanguagePython, LanguageR)
	switch e.Language {
	case LanguagePython:
		if !slices.Contains(n.major.CodeEnvPythons, e.Python) {
			wrong.Add("python", "use "+strings.Join(n.major.CodeEnvPythons, ", "), "code environments of DSS %d have no Python %q", n.major.Number,
				e.Python)
		}
	case LanguageR:
		if e.Python != "" {
			wrong.Add("python", "leave it out", "an environment of R has no Python")
		}
		if !n.installation.R {
			wrong.Add("language", "turn on installation.r", "R is not installed")
		}
	}
	for i, requirement := range e.Packages {
		if strings.TrimSpace(requirement) == "" {
			wrong.Add(problem.Index("packages", i), "leave it out", "it is empty")
		}
		line(&wrong, problem.Index("packages", i), requirement)
	}
	if e.AllContainerConfigs && len(e.ContainerConfigs) > 0 {
		wrong.Add("containerConfigs", "leave out one of the two", "all container configs, and some")
	}
	for i, name := range e.ContainerConfigs {
		namesOne(&wrong, problem.Index("containerConfigs", i), or(name, " "), containerNames(n.settings.ContainerConfigs))
	}
	return wrong
}

// securityProblems are about sessions and cookies.
func (n *node) securityProblems() problem.List {
	var wrong problem.List
	security := n.settings.Security
	if *security.SecureCookies && !n.facts.HTTPS {
		wrong.Add("security.secureCookies", "serve DSS by HTTPS (loadBalancer), or leave it out", "nobody could log in: DSS is reached by HTTP")
	}
	for _, session := range []struct {
		path    string
		minutes int
	}{{"security.sessionTotalMinutes", security.SessionTotalMinutes}, {"security.sessionIdleMinutes", security.SessionIdleMinutes}} {
		if session.minutes != Unset {
			between(&wrong, session.path, session.minutes, 5, 60*24*365, fmt.Sprintf("use minutes, or %d for sessions that do not end", Unset))
		}
	}
	if total := security.SessionTotalMinutes; total > 0 && security.SessionIdleMinutes > total {
		wrong.Add("security.sessionIdleMinutes", "use the whole time at most", "%d minutes are longer than a whole session of %d",
			security.SessionIdleMinutes, total)
	}
	return wrong
}
