using Npgsql;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>Until it is disposed, everybody who reads one of the tables waits.</summary>
internal sealed class Held : IAsyncDisposable
{
    private readonly List<NpgsqlConnection> connections = [];

    /// <summary>Each table by a connection of its own: who holds only one lock stands in nobody's circle.</summary>
    public static async Task<Held> AllAsync(CheckedProgram program, IEnumerable<string> tables)
    {
        var held = new Held();
        foreach (var table in tables)
        {
            held.connections.Add(await program.Installation.OpenDatabaseAsync());
            await using var command = new NpgsqlCommand(
                $"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
                held.connections[^1]
            );
            await command.ExecuteNonQueryAsync();
        }

        return held;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in connections)
            await connection.DisposeAsync();
    }
}

/// <summary>Until it is disposed, whoever reads one of the tables is told that there is none.</summary>
internal sealed class Broken : IAsyncDisposable
{
    private readonly CheckedProgram program;
    private readonly List<string> tables = [];

    private Broken(CheckedProgram program) => this.program = program;

    public static async Task<Broken> AllAsync(CheckedProgram program, IEnumerable<string> tables)
    {
        var broken = new Broken(program);
        foreach (var table in tables)
        {
            await program.Installation.ExecuteAsync($"ALTER TABLE {table} RENAME TO {table}_away");
            broken.tables.Add(table);
        }

        return broken;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var table in tables)
            await program.Installation.ExecuteAsync($"ALTER TABLE {table}_away RENAME TO {table}");
    }
}
