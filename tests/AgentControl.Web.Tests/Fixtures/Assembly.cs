using AgentControl.TestKit;

// One PostgreSQL for the whole test program; it starts with the first test that asks for a database.
[assembly: AssemblyFixture(typeof(PostgresFixture))]
