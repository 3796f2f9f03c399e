using System.Globalization;

namespace AgentControl.Core.Anomalies;

/// <summary>A failed try of a step, as <c>step.retrying</c> and <c>step.failed</c> tell it.</summary>
/// <param name="Key">The step's key.</param>
/// <param name="Kind">The failure's word, such as <c>rateLimited</c> or <c>timeout</c>.</param>
/// <param name="Tries">Failed tries of the step so far, this one too.</param>
/// <param name="Seconds">How long this try took.</param>
/// <param name="PauseSeconds">The pause before the next try; null where none comes.</param>
public sealed record FailedTry(
    string Key,
    string Name,
    string? Service,
    string Kind,
    string Reason,
    int Tries,
    double Seconds,
    double? PauseSeconds,
    DateTimeOffset At
)
{
    /// <summary>Whose trouble it is: the service's, or that of the steps of a name.</summary>
    public string Subject => Service ?? Name;
}

/// <summary>Watches the failed tries of one job: rate limits, time-outs and spikes of retries. A fold; each trouble is told once until it was away for a while.</summary>
public sealed class JobWatch(AnomalyRules rules)
{
    private const string TimedOut = "timeout";
    private const string Limited = "rateLimited";
    private readonly Dictionary<string, DateTimeOffset> open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<DateTimeOffset>> retries = new(StringComparer.Ordinal);

    /// <summary>Takes up a step whose earlier tries another attempt has told about.</summary>
    public void Resume(FailedTry last)
    {
        ArgumentNullException.ThrowIfNull(last);
        if (last.Kind is Limited or TimedOut)
            Begins(last.Kind, last);
        if (last.Tries >= rules.RetrySpike)
            Begins(AnomalyKinds.RetrySpike, last);
    }

    /// <param name="usualRetries">How many retries a step of that name usually needs; null where nobody knows.</param>
    /// <param name="usualSeconds">How long it usually takes.</param>
    /// <returns>What is to be told now.</returns>
    public IReadOnlyList<Anomaly> Failed(FailedTry failed, double? usualRetries = null, double? usualSeconds = null)
    {
        ArgumentNullException.ThrowIfNull(failed);
        var told = new List<Anomaly>();
        if (failed.Kind == Limited && Begins(Limited, failed))
            told.Add(
                About(
                    failed,
                    AnomalyKinds.RateLimited,
                    $"{failed.Subject} takes no more calls for now: {failed.Reason}"
                ) with
                {
                    Amount = failed.PauseSeconds,
                    Unit = failed.PauseSeconds is null ? null : "s",
                    Since = failed.At,
                }
            );
        if (failed.Kind == TimedOut && Begins(TimedOut, failed))
            told.Add(
                About(failed, AnomalyKinds.Timeout, $"{failed.Name} ran out of time: {failed.Reason}") with
                {
                    Amount = Math.Round(failed.Seconds, 3),
                    Usual = usualSeconds,
                    Unit = "s",
                    Since = failed.At - TimeSpan.FromSeconds(failed.Seconds),
                }
            );
        if (failed.PauseSeconds is not null && Spike(failed, usualRetries) is { } spike)
            told.Add(spike);
        return told;
    }

    private Anomaly? Spike(FailedTry failed, double? usual)
    {
        if (!retries.TryGetValue(failed.Subject, out var recent))
            retries[failed.Subject] = recent = new();
        recent.Enqueue(failed.At);
        while (failed.At - recent.Peek() > TimeSpan.FromSeconds(rules.RetryWindowSeconds))
            recent.Dequeue();
        var count = Math.Max(recent.Count, failed.Tries);
        if (count < rules.RetrySpike || count < usual * rules.RetryFactor || !Begins(AnomalyKinds.RetrySpike, failed))
            return null;
        return About(
            failed,
            AnomalyKinds.RetrySpike,
            string.Create(CultureInfo.InvariantCulture, $"{failed.Subject} needs {count} retries: {failed.Reason}")
        ) with
        {
            Amount = count,
            Usual = usual,
            Unit = "retries",
            Since = recent.Peek(),
        };
    }

    /// <summary>True where the trouble is new, or was away for long enough.</summary>
    private bool Begins(string kind, FailedTry failed)
    {
        var key = $"{kind} {failed.Subject}";
        var seen = open.TryGetValue(key, out var last) && failed.At - last <= TimeSpan.FromSeconds(rules.QuietSeconds);
        open[key] = failed.At;
        return !seen;
    }

    private static Anomaly About(FailedTry failed, string kind, string message) =>
        new(kind, message)
        {
            Cause = failed.Kind,
            Step = failed.Key,
            Service = failed.Service,
        };
}
