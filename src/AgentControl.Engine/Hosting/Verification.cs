using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Storage.Embedded;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Hosting;

/// <summary>The command <c>verify</c>: reads the configured database, beside a program that serves it or alone, and writes nothing.</summary>
public static class Verification
{
    /// <param name="notedHead">An end of the audit log's chain that an earlier run printed, <c>number:hash</c>: the log must still contain it.</param>
    /// <returns>The exit code: 0 where every invariant holds and the audit log's chain is whole.</returns>
    public static async Task<int> RunAsync(
        IConfiguration configuration,
        ILogger log,
        TextWriter output,
        string? notedHead,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(output);
        try
        {
            await using var database = await ControlDatabase.VisitAsync(configuration, log, cancellationToken);
            return await CheckAsync(database.ConnectionString, output, notedHead, cancellationToken);
        }
        catch (Exception unreachable)
            when (unreachable
                    is EmbeddedPostgresException
                        or NpgsqlException
                        or IOException
                        or UnauthorizedAccessException
            )
        {
            await output.WriteLineAsync($"The database could not be checked: {unreachable.Message}");
            return 1;
        }
    }

    private static async Task<int> CheckAsync(
        string connectionString,
        TextWriter output,
        string? notedHead,
        CancellationToken cancellationToken
    )
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using (var connection = await source.OpenConnectionAsync(cancellationToken))
        {
            if (await SchemaState.ReadAsync(connection, cancellationToken) is { Problem: { } problem })
            {
                await output.WriteLineAsync(problem);
                return 1;
            }
        }
        var violations = await new InvariantCheck(source).RunAsync(cancellationToken);
        foreach (var violation in violations)
            await output.WriteLineAsync(
                $"BROKEN: {violation.Invariant}: {violation.Rows} rows, such as {violation.Examples}"
            );
        await output.WriteLineAsync(
            $"{InvariantCheck.Count - violations.Count} of {InvariantCheck.Count} invariants hold."
        );
        var chain = await new AuditChain(source).VerifyAsync(notedHead, cancellationToken);
        await output.WriteLineAsync(
            chain.Broken is null
                ? $"The audit log's chain is whole: {chain.Lines} lines, its end is {chain.Head}"
                : $"BROKEN: audit log: {chain.Broken}. The {chain.Lines} lines before it hold."
        );
        return violations.Count == 0 && chain.Broken is null ? 0 : 1;
    }
}
