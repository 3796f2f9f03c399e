using AgentControl.TestKit;

// One PostgreSQL for the whole test program.
[assembly: AssemblyFixture(typeof(PostgresFixture))]
