using AgentControl.Web.Approvals;

namespace AgentControl.Web.Workspaces;

/// <summary>One row of two versions beside each other; null where that side has no such line.</summary>
/// <param name="Folded">How many unchanged lines this row stands for; 0 for a line.</param>
internal sealed record SidePair(string? Left, string? Right, int Folded = 0)
{
    public bool IsChange => Folded == 0 && Left != Right;

    /// <summary>Removed lines stand beside the added ones that took their place.</summary>
    public static IReadOnlyList<SidePair> Of(IReadOnlyList<DiffLine> lines)
    {
        var pairs = new List<SidePair>();
        var removed = new List<string>();
        var added = new List<string>();
        foreach (var line in lines)
        {
            if (line.Kind == DiffKind.Removed)
            {
                removed.Add(line.Text);
                continue;
            }
            if (line.Kind == DiffKind.Added)
            {
                added.Add(line.Text);
                continue;
            }
            Flush(pairs, removed, added);
            pairs.Add(
                line.Kind == DiffKind.Folded ? new SidePair(null, null, line.Count) : new SidePair(line.Text, line.Text)
            );
        }
        Flush(pairs, removed, added);
        return pairs;
    }

    private static void Flush(List<SidePair> pairs, List<string> removed, List<string> added)
    {
        for (var i = 0; i < Math.Max(removed.Count, added.Count); i++)
            pairs.Add(new SidePair(removed.ElementAtOrDefault(i), added.ElementAtOrDefault(i)));
        removed.Clear();
        added.Clear();
    }
}
