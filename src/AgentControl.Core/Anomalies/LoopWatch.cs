using System.Buffers.Binary;
using System.Globalization;

namespace AgentControl.Core.Anomalies;

/// <summary>
/// Watches one branch of a job for work that goes round in a circle: the same step with the same input, or observations that bring nothing new. A fold over
/// what is recorded, so a replay finds the same at the same place. A wait is no part of a circle: who asks again after a pause means to.
/// </summary>
public sealed class LoopWatch(AnomalyRules rules)
{
    private readonly Queue<(string Name, long Input, DateTimeOffset At)> newest = new();
    private readonly HashSet<(string Name, long Input)> told = [];
    private string? observed;
    private int observations;
    private DateTimeOffset observedSince;

    /// <summary>A step has ended.</summary>
    /// <param name="inputHash">The hash of its input.</param>
    /// <returns>What is to be told now; null where nothing is.</returns>
    public Anomaly? Ended(string key, string name, ReadOnlySpan<byte> inputHash, DateTimeOffset at)
    {
        // Sixty-four bits of a SHA-256 tell a branch's last steps apart.
        var step = (name, inputHash.Length >= sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(inputHash) : 0);
        newest.Enqueue((step.name, step.Item2, at));
        if (newest.Count > rules.LoopWindow)
        {
            var gone = newest.Dequeue();
            if (!newest.Any(s => s.Name == gone.Name && s.Input == gone.Input))
                told.Remove((gone.Name, gone.Input));
        }
        var same = newest.Where(s => s.Name == step.name && s.Input == step.Item2).ToList();
        if (same.Count < rules.LoopRepeats || !told.Add(step))
            return null;
        return new(
            AnomalyKinds.Loop,
            string.Create(CultureInfo.InvariantCulture, $"{name} ran {same.Count} times with the same input")
        )
        {
            Cause = "sameInput",
            Amount = same.Count,
            Usual = 1,
            Unit = "times",
            Since = same[0].At,
            Step = key,
        };
    }

    /// <summary>The agent says what it saw.</summary>
    public Anomaly? Observed(string text, DateTimeOffset at)
    {
        if (text != observed)
        {
            (observed, observations, observedSince) = (text, 1, at);
            return null;
        }
        if (++observations != rules.LoopRepeats)
            return null;
        return new(
            AnomalyKinds.Loop,
            string.Create(CultureInfo.InvariantCulture, $"{observations} observations in a row brought nothing new")
        )
        {
            Cause = "sameObservation",
            Amount = observations,
            Usual = 1,
            Unit = "times",
            Since = observedSince,
        };
    }

    /// <summary>The branch waits for something, and begins afresh behind it.</summary>
    public void Waited()
    {
        newest.Clear();
        told.Clear();
        (observed, observations) = (null, 0);
    }
}
