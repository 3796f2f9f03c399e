using AgentControl.Engine.Steps;

namespace AgentControl.Web.Jobs.Compare;

/// <summary>One key of two runs beside each other; null where that run has no such step.</summary>
public sealed record StepPair(ComparedStep? A, ComparedStep? B)
{
    public string Key => (A ?? B)!.Key;

    /// <summary>What is not alike, in words; empty where nothing is. How long it took and what it cost is shown, and is no difference.</summary>
    public IReadOnlyList<string> Differences { get; } = Compare(A, B);

    public bool Differs => Differences.Count > 0;

    /// <summary>The order of the first run; what only the second has stands behind the step that came before it there.</summary>
    public static IReadOnlyList<StepPair> Align(IReadOnlyList<ComparedStep> a, IReadOnlyList<ComparedStep> b)
    {
        var inA = a.Select(s => s.Key).ToHashSet(StringComparer.Ordinal);
        var ofB = b.ToDictionary(s => s.Key, StringComparer.Ordinal);
        var behind = new Dictionary<string, List<ComparedStep>>(StringComparer.Ordinal);
        var before = "";
        foreach (var step in b)
        {
            if (inA.Contains(step.Key))
                before = step.Key;
            else if (behind.TryGetValue(before, out var others))
                others.Add(step);
            else
                behind[before] = [step];
        }
        var pairs = new List<StepPair>(a.Count);
        void OnlyInB(string key) =>
            pairs.AddRange(behind.GetValueOrDefault(key, []).Select(s => new StepPair(null, s)));
        OnlyInB("");
        foreach (var step in a)
        {
            pairs.Add(new(step, ofB.GetValueOrDefault(step.Key)));
            OnlyInB(step.Key);
        }
        return pairs;
    }

    private static List<string> Compare(ComparedStep? a, ComparedStep? b)
    {
        if (a is null || b is null)
            return [a is null ? "only in B" : "only in A"];
        var found = new List<string>();
        if (a.State != b.State)
            found.Add("state");
        if (a.Tries != b.Tries)
            found.Add("tries");
        if ((a.Name, a.Kind, a.Service) != (b.Name, b.Kind, b.Service))
            found.Add(a.Service != b.Service ? "service" : "name");
        // Where one run recorded no input, nothing is known of it.
        if (a.InputHash is { } input && b.InputHash is { } other && input != other)
            found.Add("input");
        if (a.ResultBytes != b.ResultBytes || a.ResultHash != b.ResultHash)
            found.Add("result");
        if ((a.Error?.Type, a.Error?.Message) != (b.Error?.Type, b.Error?.Message))
            found.Add("error");
        return found;
    }
}
