using System.Globalization;

namespace AgentControl.Core.Anomalies;

/// <summary>What the recorded steps of one agent and one name were like.</summary>
/// <param name="Retries">Retries that a step needed, on average.</param>
public sealed record StepUsual(int Samples, double MedianSeconds, double P95Seconds, double Retries);

/// <summary>Which steps are slow against their agent's own history.</summary>
public static class SlowSteps
{
    /// <returns>Null where the step is not slow, or too little is known.</returns>
    public static Anomaly? Look(
        string key,
        string name,
        string? service,
        double seconds,
        DateTimeOffset now,
        StepUsual? usual,
        AnomalyRules rules
    )
    {
        ArgumentNullException.ThrowIfNull(rules);
        if (seconds <= rules.SlowStepSeconds || usual is null || usual.Samples < rules.SlowStepSamples)
            return null;
        if (seconds <= usual.P95Seconds || seconds <= usual.MedianSeconds * rules.SlowStepFactor)
            return null;
        var took = Math.Round(seconds, 1);
        var median = Math.Round(usual.MedianSeconds, 3);
        return new(
            AnomalyKinds.SlowStep,
            string.Create(CultureInfo.InvariantCulture, $"{name} has taken {took:0.#} s; usual are {median:0.###} s")
        )
        {
            Amount = took,
            Usual = median,
            Unit = "s",
            Since = now - TimeSpan.FromSeconds(seconds),
            Step = key,
            Service = service,
        };
    }
}
