// Package access says who reaches what: from the resources that a program registers, and nothing else, it makes the matrix of
// principals, resources and actions, as AWS would decide.
//
//	graph, err := synth.Run(stacks.Run, settings)
//	world, inventory, err := access.World(graph)
//	matrix := access.NewMatrix(world, inventory)
//	fmt.Print(matrix.Table())
//
// Besides the platform's own principals it asks for some who should get nothing: another role of the account, another account,
// anybody, services on behalf of another account. What they reach shows in the matrix like everything else. docs/access.md lists
// the edges that are allowed, with reasons; [Assertions] are what must hold whatever is listed.
package access
