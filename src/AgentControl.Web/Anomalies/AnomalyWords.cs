using System.Globalization;
using AgentControl.Core.Anomalies;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Anomalies;

/// <summary>How an anomaly is put: its kind, how much it is against usual, and how loud.</summary>
internal static class AnomalyWords
{
    private static readonly Dictionary<string, string> _kinds = new(StringComparer.Ordinal)
    {
        [AnomalyKinds.RateLimited] = "Rate limit",
        [AnomalyKinds.RetrySpike] = "Many retries",
        [AnomalyKinds.CircuitOpened] = "Circuit opened",
        [AnomalyKinds.CircuitClosed] = "Circuit closed",
        [AnomalyKinds.FallbackUsed] = "Fallback",
        [AnomalyKinds.Timeout] = "Out of time",
        [AnomalyKinds.Stalled] = "Stalled",
        [AnomalyKinds.Loop] = "Loop",
        [AnomalyKinds.SlowStep] = "Slow step",
        [AnomalyKinds.Budget] = "Budget",
        [AnomalyKinds.ApprovalOverdue] = "Overdue",
        [AnomalyKinds.Recovered] = "Worker lost",
        [AnomalyKinds.NonDeterminism] = "Code does not fit",
    };

    public static string Kind(Anomaly anomaly) =>
        _kinds.TryGetValue(anomaly.Kind, out var word) ? word
        : anomaly.Kind.Length > 0 ? anomaly.Kind
        : "Anomaly";

    /// <summary>"12 s, usually 2 s"; empty where nothing was measured.</summary>
    public static string Amount(Anomaly anomaly) =>
        (anomaly.Amount, anomaly.Usual) switch
        {
            ({ } amount, { } usual) => Measure(amount, anomaly.Unit)
                + Against(anomaly)
                + Measure(usual, anomaly.Unit, alone: false),
            ({ } amount, null) => Measure(amount, anomaly.Unit),
            _ => "",
        };

    public static string Icon(Anomaly anomaly) =>
        anomaly.Level switch
        {
            Anomaly.Critical => "octagon-x",
            Anomaly.Warning => "triangle-alert",
            _ => "circle-dot",
        };

    public static string Hue(Anomaly anomaly) =>
        anomaly.Level switch
        {
            Anomaly.Critical => "red",
            Anomaly.Warning => "amber",
            _ => "grey",
        };

    /// <summary>The usual value of a budget is its limit.</summary>
    private static string Against(Anomaly anomaly) => anomaly.Kind == AnomalyKinds.Budget ? " of " : ", usually ";

    /// <param name="alone">With the name of what is counted.</param>
    private static string Measure(double value, string? unit, bool alone = true) =>
        unit switch
        {
            "s" or "wallSeconds" => Formats.Duration(TimeSpan.FromSeconds(Math.Clamp(value, 0, 1e9))),
            "costUsd" => Formats.Cost((decimal)value),
            _ when alone && unit is { Length: > 0 } => $"{Plain(value)} {Name(unit)}",
            _ => Plain(value),
        };

    private static string Name(string unit) => unit == "modelCalls" ? "calls of models" : unit;

    private static string Plain(double value) => value.ToString("#,0.##", CultureInfo.InvariantCulture);
}
