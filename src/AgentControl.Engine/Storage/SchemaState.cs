using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Storage;

/// <summary>How a database's schema stands to this program's.</summary>
/// <param name="Problem">A sentence with its remedy; null where the two are the same.</param>
internal sealed record SchemaState(bool IsNewer, string? Problem)
{
    private const string Remedy = "Run 'AgentControl.Web migrate', or start the program, and try again.";

    /// <summary>Reads alone: also a database without any table stays as it is.</summary>
    public static async Task<SchemaState> ReadAsync(ControlDbContext context, CancellationToken cancellationToken)
    {
        var known = context.Database.GetMigrations().ToArray();
        var applied = (await context.Database.GetAppliedMigrationsAsync(cancellationToken)).ToArray();
        if (applied.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } newer)
            return new(
                true,
                $"The database was made by a newer program (migration {newer}). Start that version, or restore a backup from before its start."
            );
        if (applied.Length == 0)
            return new(false, $"The database has no schema yet. {Remedy}");
        return known.Except(applied, StringComparer.Ordinal).FirstOrDefault() is { } missing
            ? new(false, $"The database's schema is older than this program (migration {missing} is missing). {Remedy}")
            : new(false, null);
    }
}
