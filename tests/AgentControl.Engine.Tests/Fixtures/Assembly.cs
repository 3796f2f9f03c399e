using AgentControl.TestKit;
using Xunit.Sdk;
using Xunit.v3;

// One PostgreSQL for the whole test program; it starts with the first test that asks for a database.
[assembly: AssemblyFixture(typeof(PostgresFixture))]

// The tests wait for a database and for each other's signals far more than they compute.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 4)]
