using AgentControl.Browser.Tests.Checks;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(CheckedProgram))]

// Three at a time: checks of the pages beside those that start and kill programs and those that wait for something unusual.
// Those with limits in seconds run after them, alone.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 3)]
