using AgentControl.Engine.Steps;

namespace AgentControl.Web.Jobs.Acting;

/// <summary>How a person wants an ended job to go on.</summary>
public enum RetryWay
{
    /// <summary>Behind the last recorded step; nothing recorded runs again.</summary>
    GoOn,

    /// <summary>As a new job that keeps the journal up to a step.</summary>
    Fork,

    /// <summary>As a new job with the same input and an empty journal.</summary>
    Anew,
}

/// <summary>What was chosen.</summary>
public sealed record RetryChoice(RetryWay Way, string? FromStep = null);

/// <summary>Steps with effects outside that would run again.</summary>
public sealed record RepeatedEffect(string Name, int Count)
{
    public string Text => $"Runs \"{Name}\" again{(Count == 1 ? "" : $", {Count} times")}";
}

/// <summary>The choices of "Retry…": what would run again, and whether each effect outside was acknowledged.</summary>
internal sealed class RetryView(IReadOnlyList<StepOutline> journal)
{
    private readonly HashSet<string> ticked = new(StringComparer.Ordinal);

    public RetryWay Way { get; private set; } = RetryWay.GoOn;
    public string? FromStep { get; private set; }

    /// <summary>The recorded steps, newest first.</summary>
    public IReadOnlyList<StepOutline> Steps { get; } =
    [.. journal.Where(s => s.No is not null && s.State is "completed" or "failed").OrderByDescending(s => s.No)];

    public StepOutline? Last => Steps.Count > 0 ? Steps[0] : null;

    public IReadOnlyList<RepeatedEffect> Effects =>
        Way switch
        {
            RetryWay.Anew => EffectsFrom(0),
            RetryWay.Fork when Steps.FirstOrDefault(s => s.Key == FromStep) is { } from => EffectsFrom(from.No!.Value),
            _ => [],
        };

    public bool IsReady => (Way != RetryWay.Fork || FromStep is not null) && Effects.All(e => ticked.Contains(e.Name));

    public RetryChoice Choice => new(Way, Way == RetryWay.Fork ? FromStep : null);

    public void Choose(RetryWay way)
    {
        Way = way;
        if (way == RetryWay.Fork)
            FromStep ??= Last?.Key;
        ticked.Clear();
    }

    public void StartFrom(string? key)
    {
        FromStep = string.IsNullOrEmpty(key) ? null : key;
        ticked.Clear();
    }

    public bool IsTicked(RepeatedEffect effect) => ticked.Contains(effect.Name);

    public void Tick(RepeatedEffect effect, bool on)
    {
        if (on)
            ticked.Add(effect.Name);
        else
            ticked.Remove(effect.Name);
    }

    /// <summary>A step that may not simply run twice, or that calls a service.</summary>
    private static bool HasEffect(StepOutline step) =>
        step.State == "completed"
        && (step.Kind.StartsWith("once:", StringComparison.Ordinal) || step.Service is not null);

    private IReadOnlyList<RepeatedEffect> EffectsFrom(long no) =>
        [
            .. Steps
                .Where(s => s.No >= no && HasEffect(s))
                .GroupBy(s => s.Name, StringComparer.Ordinal)
                .Select(g => new RepeatedEffect(g.Key, g.Count())),
        ];
}
