using System.Reflection;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace AgentControl.Engine.Storage;

/// <summary>How a database's schema stands to this program's. Read without EF Core, whose model costs most of a start that has nothing to change.</summary>
/// <param name="Problem">A sentence with its remedy; null where the two are the same.</param>
internal sealed record SchemaState(bool IsNewer, string? Problem)
{
    private const string Remedy = "Run 'AgentControl.Web migrate', or start the program, and try again.";

    private static readonly Lazy<string[]> Known = new(() =>
        [
            .. typeof(SchemaState)
                .Assembly.GetTypes()
                .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id)
                .OfType<string>()
                .Order(StringComparer.Ordinal),
        ]
    );

    /// <summary>Reads alone: also a database without any table stays as it is.</summary>
    public static async Task<SchemaState> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = await AppliedAsync(connection, cancellationToken);
        if (applied.Except(Known.Value, StringComparer.Ordinal).FirstOrDefault() is { } newer)
            return new(
                true,
                $"The database was made by a newer program (migration {newer}). Start that version, or restore a backup from before its start."
            );
        if (applied.Count == 0)
            return new(false, $"The database has no schema yet. {Remedy}");
        return Known.Value.Except(applied, StringComparer.Ordinal).FirstOrDefault() is { } missing
            ? new(false, $"The database's schema is older than this program (migration {missing} is missing). {Remedy}")
            : new(false, null);
    }

    private static async Task<List<string>> AppliedAsync(
        NpgsqlConnection connection,
        CancellationToken cancellationToken
    )
    {
        var applied = new List<string>();
        if (!await Sql.ScalarAsync<bool>(connection, """SELECT to_regclass('"__EFMigrationsHistory"') IS NOT NULL"""))
            return applied;
        await using var command = Sql.Command(
            connection,
            """SELECT "MigrationId" FROM "__EFMigrationsHistory" ORDER BY 1"""
        );
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetString(0));
        return applied;
    }
}
