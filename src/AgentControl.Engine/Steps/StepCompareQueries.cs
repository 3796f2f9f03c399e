using AgentControl.Core.Jobs;
using AgentControl.Engine.Jobs;
using Npgsql;

namespace AgentControl.Engine.Steps;

/// <summary>One step as far as it is told apart from the same step of another run.</summary>
/// <param name="Tries">How often it was tried.</param>
/// <param name="CostUsd">US dollars; null where nothing was counted.</param>
/// <param name="InputHash">Null where no input was recorded.</param>
/// <param name="ResultBytes">Null where it has no result.</param>
/// <param name="ResultHash">Null where it has no result, or one larger than <see cref="StepCompareQueries.HashUpTo"/>.</param>
public sealed record ComparedStep(
    string Key,
    string Name,
    string Kind,
    string State,
    int Tries,
    DateTimeOffset StartedAt,
    DateTimeOffset? CompletedAt,
    string? Service,
    decimal? CostUsd,
    string? InputHash,
    int? ResultBytes,
    string? ResultHash,
    JobFailure? Error
)
{
    /// <summary>From its start to its record, back-offs included; null while it runs.</summary>
    public TimeSpan? Took => CompletedAt - StartedAt;
}

/// <summary>The steps of one run.</summary>
/// <param name="IsCut">There are more than were read.</param>
public sealed record ComparedSteps(IReadOnlyList<ComparedStep> Steps, bool IsCut);

/// <summary>Reads journals for a comparison: without results, but with what tells two results apart.</summary>
public sealed class StepCompareQueries(NpgsqlDataSource database)
{
    /// <summary>Larger results are told apart by their size alone, in bytes.</summary>
    public const int HashUpTo = 16 * 1024;

    /// <summary>The newest entry of each key, in the order of their records; what runs comes last.</summary>
    public async Task<ComparedSteps> OfJobAsync(Guid jobId, int most, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(
            """
            SELECT s.key, s.name, s.kind, s.state, s.attempt, s.started_at, s.completed_at, s.service, s.usage::json ->> 'costUsd', encode(s.input_hash, 'hex'),
                   octet_length(s.result), CASE WHEN octet_length(s.result) <= $3 THEN md5(s.result) END, left(s.error, 10000)
              FROM (SELECT DISTINCT ON (key) key, generation, no FROM steps WHERE job_id = $1 ORDER BY key, generation DESC) newest
              JOIN steps s ON s.job_id = $1 AND s.key = newest.key AND s.generation = newest.generation
             ORDER BY newest.no NULLS LAST, newest.key LIMIT $2
            """
        );
        command.Parameters.Add(new() { Value = jobId });
        command.Parameters.Add(new() { Value = most + 1 });
        command.Parameters.Add(new() { Value = HashUpTo });
        var steps = new List<ComparedStep>();
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        string? Text(int column) => row.IsDBNull(column) ? null : row.GetString(column);
        while (await row.ReadAsync(cancellationToken))
            steps.Add(
                new(
                    row.GetString(0),
                    row.GetString(1),
                    row.GetString(2),
                    row.GetString(3),
                    row.GetInt32(4),
                    row.GetFieldValue<DateTimeOffset>(5),
                    row.IsDBNull(6) ? null : row.GetFieldValue<DateTimeOffset>(6),
                    Text(7),
                    decimal.TryParse(
                        Text(8),
                        System.Globalization.NumberStyles.Float,
                        System.Globalization.CultureInfo.InvariantCulture,
                        out var cost
                    )
                        ? cost
                        : null,
                    Text(9),
                    row.IsDBNull(10) ? null : row.GetInt32(10),
                    Text(11),
                    Failure(Text(12))
                )
            );
        var isCut = steps.Count > most;
        return new(isCut ? steps[..most] : steps, isCut);
    }

    // A failure that was cut off is no JSON any more, and is told by its state.
    private static JobFailure? Failure(string? json)
    {
        try
        {
            return JobProjection.Failure(json);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }
}
