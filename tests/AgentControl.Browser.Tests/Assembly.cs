using AgentControl.Browser.Tests.Checks;
using Xunit.Sdk;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(CheckedProgram))]

// Two at a time: checks of the pages beside those that start and kill programs. Those with limits in seconds run after them, alone.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]
