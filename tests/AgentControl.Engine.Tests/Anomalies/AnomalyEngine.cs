using AgentControl.Engine.Tests.Fixtures;
using AgentControl.TestKit;

namespace AgentControl.Engine.Tests.Anomalies;

/// <summary>An engine whose thresholds no test has to wait long for.</summary>
public sealed class AnomalyEngine(PostgresFixture postgres) : SharedEngine(postgres)
{
    protected override Dictionary<string, string?> Settings =>
        new(base.Settings)
        {
            ["AgentControl:Anomalies:RetrySpike"] = "3",
            ["AgentControl:Anomalies:LoopRepeats"] = "3",
            ["AgentControl:Anomalies:LoopWindow"] = "6",
            ["AgentControl:Anomalies:StallSeconds"] = "4",
            ["AgentControl:Anomalies:SlowStepSeconds"] = "0.6",
            ["AgentControl:Anomalies:SlowStepSamples"] = "5",
            ["AgentControl:Anomalies:ApprovalSeconds"] = "600",
        };

    /// <summary>Kinds of the job's anomalies, in order.</summary>
    internal Task<string> KindsAsync(Guid job) =>
        Engine.ScalarAsync<string>(
            $"SELECT COALESCE(string_agg(data::jsonb ->> 'kind', ' ' ORDER BY no), '') FROM events WHERE job_id = '{job}' AND type = 'anomaly'"
        );

    /// <summary>What the job's one anomaly says.</summary>
    internal Task<string> SaysAsync(Guid job, string fields) =>
        Engine.ScalarAsync<string>(
            $"SELECT concat_ws('|', {string.Join(", ", fields.Split(' ').Select(f => $"data::jsonb ->> '{f}'"))}) FROM events WHERE job_id = '{job}' AND type = 'anomaly'"
        );

    /// <summary>The job's own number is that of its lines.</summary>
    internal async Task AssertCountedAsync(Guid job) =>
        Assert.Equal(
            await Engine.ScalarAsync<int>(
                $"SELECT count(*)::int FROM events WHERE job_id = '{job}' AND type = 'anomaly'"
            ),
            await Engine.ScalarAsync<int>($"SELECT anomalies FROM job_runs WHERE job_id = '{job}'")
        );
}
