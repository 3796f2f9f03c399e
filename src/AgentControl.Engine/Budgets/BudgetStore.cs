using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Budgets;
using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Engine.Hosting;
using AgentControl.Engine.Storage;
using Npgsql;

namespace AgentControl.Engine.Budgets;

/// <summary>A budget with what people added to it.</summary>
/// <param name="First">As it was submitted.</param>
/// <param name="Calls">Model steps that were begun.</param>
/// <param name="Answers">What was decided, oldest first; of the jobs before this one of its chain too.</param>
internal sealed record LoadedBudget(
    Budget First,
    int Calls,
    IReadOnlyList<(BudgetKey Key, ApprovalOutcome Outcome)> Answers
)
{
    public static readonly LoadedBudget None = new(new Budget(), 0, []);

    /// <summary>What may be used by now.</summary>
    public Budget Limits =>
        Answers
            .Where(a => BudgetAnswer.Choice(a.Outcome) == BudgetAnswer.More)
            .Aggregate(First, (sum, a) => sum.Plus(BudgetAnswer.Extra(a.Key, a.Outcome, First)));
}

/// <summary>Budgets and their use, read from the job's rows. A job that goes on as new goes on with the budget of its chain.</summary>
internal sealed class BudgetStore(EnginePool database)
{
    private const string Chain = """
        WITH RECURSIVE chain AS (
          SELECT id, short_id, continued_from, submitted_at, budget FROM jobs WHERE id = $1
          UNION ALL
          SELECT j.id, j.short_id, j.continued_from, j.submitted_at, j.budget FROM chain c JOIN jobs j ON j.id = c.continued_from)
        """;

    // What a fork copied was used and decided by the job that it comes from.
    private const string Calls =
        Chain
        + """
            SELECT count(*) FROM chain c JOIN steps s ON s.job_id = c.id
             WHERE s.kind = 'model' AND s.started_at >= c.submitted_at AND NOT (s.state = 'failed' AND s.attempt = 0)
            """;

    private const string Answers =
        Chain
        + """
            SELECT s.key, s.result FROM chain c JOIN steps s ON s.job_id = c.id
             WHERE starts_with(s.key, '~budget@' || c.short_id || '.') AND s.result IS NOT NULL ORDER BY s.completed_at, s.no
            """;

    private const string Used =
        Chain
        + """
            SELECT sum(r.input_tokens + r.output_tokens), sum(r.cost_usd),
                   sum(r.worked_ms + CASE WHEN r.state = 'running' THEN GREATEST(0, extract(epoch FROM ac_now() - r.leased_at) * 1000) ELSE 0 END)::numeric / 1000
              FROM chain c JOIN job_runs r ON r.job_id = c.id
            """;

    private const string Warned =
        "SELECT (data::jsonb -> 'data' ->> 'measure') || ' ' || (data::jsonb -> 'data' ->> 'limit') FROM events WHERE job_id = $1 AND type = $2 AND data::jsonb ->> 'kind' = 'budget'";

    public async Task<LoadedBudget> LoadAsync(Guid job, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await LoadAsync(connection, job, cancellationToken);
    }

    public static async Task<LoadedBudget> LoadAsync(
        NpgsqlConnection connection,
        Guid job,
        CancellationToken cancellationToken
    )
    {
        var first = Budget.Stored(
            await Sql.ScalarAsync<string>(connection, "SELECT budget FROM jobs WHERE id = $1", job)
        );
        if (first.IsEmpty)
            return LoadedBudget.None;
        var calls = await Sql.ScalarAsync<long>(connection, Calls, job);
        var answers = new List<(BudgetKey, ApprovalOutcome)>();
        await using var command = Sql.Command(connection, Answers, job);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (
                BudgetKey.Parse(reader.GetString(0)) is { } key
                && JournalJson.Deserialize<ApprovalOutcome>(reader.GetFieldValue<byte[]>(1)) is { } outcome
            )
                answers.Add((key, outcome));
        }
        return new LoadedBudget(first, (int)calls, answers);
    }

    /// <summary>What the job used so far, but for the calls.</summary>
    public async Task<Budget> UsedAsync(Guid job, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = Sql.Command(connection, Used, job);
        await using var row = await command.ExecuteReaderAsync(cancellationToken);
        await row.ReadAsync(cancellationToken);
        return new Budget(row.GetDecimal(1), row.GetDecimal(0), null, row.GetDecimal(2));
    }

    /// <summary>The warnings that the job's log holds, as <see cref="WarningOf"/> names them.</summary>
    public async Task<HashSet<string>> WarnedAsync(Guid job, CancellationToken cancellationToken)
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var command = Sql.Command(connection, Warned, job, EventTypes.Anomaly);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.IsDBNull(0))
                told.Add(reader.GetString(0));
        }
        return told;
    }

    /// <summary>A measure warns once under each of its limits.</summary>
    public static string WarningOf(BudgetReading reading) =>
        $"{reading.Measure} {JsonSerializer.Serialize(reading.Limit, JournalJson.Options)}";
}
