using AgentControl.Core.Anomalies;
using AgentControl.Core.Events;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;

namespace AgentControl.Engine.Anomalies;

/// <summary>Anomalies as lines of a job's log.</summary>
internal static class AnomalyEvents
{
    public static EventRecord Of(Anomaly anomaly) =>
        new(EventTypes.Anomaly, anomaly.Message, EventData.Of(anomaly), anomaly.Level);

    public static EventRecord JobTimedOut(string message) =>
        Of(new(AnomalyKinds.Timeout, message) { Level = Anomaly.Critical, Cause = "job" });

    /// <param name="strikes">Attempts in a row that ended without a new recorded step.</param>
    /// <param name="heartbeat">When the worker was heard last.</param>
    public static EventRecord Recovered(
        string worker,
        int strikes,
        DateTimeOffset now,
        DateTimeOffset heartbeat,
        TimeSpan lease
    ) =>
        new(
            EventTypes.Anomaly,
            $"Worker {worker} was lost",
            EventData.Of(
                new
                {
                    kind = AnomalyKinds.Recovered,
                    cause = "workerLost",
                    amount = Math.Round((now - heartbeat).TotalSeconds, 1),
                    usual = Math.Round(lease.TotalSeconds / 3, 1),
                    unit = "s",
                    since = heartbeat,
                    worker,
                    strikes,
                }
            ),
            Anomaly.Warning
        );
}
