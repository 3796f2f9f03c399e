using System.Collections.Concurrent;
using System.Diagnostics;
using AgentControl.Core.Anomalies;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AgentControl.Engine.Anomalies;

/// <summary>What each agent's steps are usually like, from its newest jobs. Read only once a step is unusual enough for the question, and kept for a while.</summary>
internal sealed class StepHistory(NpgsqlDataSource database, AnomalyRules rules, ILogger<StepHistory> log)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>How often an agent that has little history yet is looked at.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    // What waits took is other people's time.
    private const string Usual = """
        SELECT s.name, count(*) FILTER (WHERE s.attempt <= 1)::int, COALESCE(percentile_cont(0.5) WITHIN GROUP (ORDER BY s.seconds) FILTER (WHERE s.attempt <= 1), 0),
               COALESCE(percentile_cont(0.95) WITHIN GROUP (ORDER BY s.seconds) FILTER (WHERE s.attempt <= 1), 0), avg(GREATEST(s.attempt - 1, 0))::float8
          FROM (SELECT id FROM jobs WHERE agent = $1 ORDER BY id DESC LIMIT 50) j
         CROSS JOIN LATERAL (
           SELECT name, attempt, extract(epoch FROM completed_at - started_at)::float8 AS seconds FROM steps
            WHERE job_id = j.id AND state = 'completed' AND completed_at IS NOT NULL AND kind NOT IN ('approval','signal','timer','children') LIMIT 500) s
         GROUP BY s.name
        """;

    private readonly ConcurrentDictionary<string, Known> agents = new(StringComparer.Ordinal);

    public AnomalyRules Rules => rules;

    /// <summary>What is known now; what is missing or old is read meanwhile.</summary>
    public StepUsual? Of(string agent, string step)
    {
        var known = agents.GetOrAdd(agent, _ => new Known());
        var found = known.Steps.GetValueOrDefault(step);
        if (known.MayRead(found?.Samples >= rules.SlowStepSamples ? Fresh : Again))
            _ = ReadAsync(agent, known);
        return found;
    }

    private async Task ReadAsync(string agent, Known known)
    {
        try
        {
            await using var command = database.CreateCommand(Usual);
            command.Parameters.Add(new() { Value = agent });
            await using var row = await command.ExecuteReaderAsync();
            var steps = new Dictionary<string, StepUsual>(StringComparer.Ordinal);
            while (await row.ReadAsync())
                steps[row.GetString(0)] = new(row.GetInt32(1), row.GetDouble(2), row.GetDouble(3), row.GetDouble(4));
            known.Read(steps);
        }
        catch (Exception away) when (away is NpgsqlException or ObjectDisposedException or TimeoutException)
        {
            // It is asked again; without it nothing is called slow.
            Log.HistoryNotRead(log, away, agent);
        }
    }

    private sealed class Known
    {
        private readonly Lock gate = new();
        private long? askedAt;

        public IReadOnlyDictionary<string, StepUsual> Steps { get; private set; } = new Dictionary<string, StepUsual>();

        /// <summary>True for the one that reads.</summary>
        public bool MayRead(TimeSpan age)
        {
            lock (gate)
            {
                if (askedAt is { } asked && Stopwatch.GetElapsedTime(asked) < age)
                    return false;
                askedAt = Stopwatch.GetTimestamp();
                return true;
            }
        }

        public void Read(IReadOnlyDictionary<string, StepUsual> steps) => Steps = steps;
    }
}
