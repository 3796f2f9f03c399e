namespace AgentControl.Web.Jobs.Timeline;

/// <summary>Makes the tree of a journal from its keys: <c>docs#1[17]/summarise#1</c> lies in item 17 of docs.</summary>
internal static class TimelineTree
{
    /// <summary>Like-named neighbours above this number are folded into one row.</summary>
    public const int FoldAbove = 20;

    public static IReadOnlyList<TimelineNode> Build(IReadOnlyList<TimelineStep> steps, bool compact)
    {
        var root = new TimelineNode("", "");
        var byId = new Dictionary<string, TimelineNode>(StringComparer.Ordinal) { [""] = root };
        foreach (var step in steps.OrderBy(s => s.StartedAt).ThenBy(s => s.CompletedAt ?? DateTimeOffset.MaxValue))
        {
            var scope = Scope(byId, ScopeOf(step.Key));
            var node =
                byId.TryGetValue(step.Key, out var known) && known.Step is null
                    ? known
                    : Add(byId, scope, Unique(byId, step.Key), step.Name);
            node.Step = step;
        }
        InOrder(root);
        if (compact)
            Fold(root);
        root.Settle();
        return root.Children;
    }

    /// <summary>Only items of loops are scopes, so a scope ends with a bracket; names of steps may hold slashes of their own.</summary>
    private static string ScopeOf(string key) =>
        key.LastIndexOf("]/", StringComparison.Ordinal) is var end and >= 0 ? key[..(end + 1)] : "";

    /// <summary>The row of a scope, with the rows above it: <c>docs#1[17]</c> is item 17 below docs#1.</summary>
    private static TimelineNode Scope(Dictionary<string, TimelineNode> byId, string scope)
    {
        if (byId.TryGetValue(scope, out var known))
            return known;
        var above = ScopeOf(scope);
        var parent = Scope(byId, above);
        var name = scope[(above.Length > 0 ? above.Length + 1 : 0)..];
        var bracket = name.EndsWith(']') ? name.LastIndexOf('[') : -1;
        if (bracket <= 0)
            return Add(byId, parent, scope, WithoutCount(name));
        var groupId = scope[..(scope.Length - name.Length + bracket)];
        var group = byId.TryGetValue(groupId, out var found)
            ? found
            : Add(byId, parent, groupId, WithoutCount(name[..bracket]));
        var index = int.Parse(name[(bracket + 1)..^1], System.Globalization.CultureInfo.InvariantCulture);
        return Add(byId, group, scope, $"{WithoutCount(name[..bracket])} {index + 1}", index);
    }

    private static TimelineNode Add(
        Dictionary<string, TimelineNode> byId,
        TimelineNode parent,
        string id,
        string label,
        int? index = null
    )
    {
        var node = new TimelineNode(id, label) { Index = index };
        parent.Children.Add(node);
        byId[id] = node;
        return node;
    }

    /// <summary>A key that was superseded by a retry stays in the journal: each generation is a row.</summary>
    private static string Unique(Dictionary<string, TimelineNode> byId, string key)
    {
        var id = key;
        for (var i = 2; byId.ContainsKey(id); i++)
            id = $"{key}~{i}";
        return id;
    }

    private static string WithoutCount(string name)
    {
        var hash = name.LastIndexOf('#');
        return hash > 0 && name[(hash + 1)..].All(char.IsDigit) ? name[..hash] : name;
    }

    private static void InOrder(TimelineNode node)
    {
        foreach (var child in node.Children)
            InOrder(child);
        if (node.Children.Count > 0 && node.Children.TrueForAll(c => c.Index is not null))
            node.Children.Sort((one, other) => one.Index!.Value.CompareTo(other.Index!.Value));
    }

    private static void Fold(TimelineNode node)
    {
        foreach (var child in node.Children)
            Fold(child);
        var folded = new List<TimelineNode>();
        for (var start = 0; start < node.Children.Count; )
        {
            var name = NameOf(node.Children[start]);
            var end = start + 1;
            while (end < node.Children.Count && NameOf(node.Children[end]) == name)
                end++;
            var run = node.Children[start..end];
            if (run.Count > FoldAbove && run.Count == node.Children.Count && node.Step is null && node.Id.Length > 0)
            {
                // All of a scope alike: the scope's own row stands for them.
                node.Times = run.Count;
                return;
            }
            if (run.Count > FoldAbove)
            {
                var fold = new TimelineNode($"{run[0].Id}×", name) { Times = run.Count };
                fold.Children.AddRange(run);
                folded.Add(fold);
            }
            else
            {
                folded.AddRange(run);
            }
            start = end;
        }
        node.Children.Clear();
        node.Children.AddRange(folded);
    }

    /// <summary>Items of one loop are alike, whatever their number.</summary>
    private static string NameOf(TimelineNode node)
    {
        var end = node.Label.Length;
        while (end > 0 && (char.IsDigit(node.Label[end - 1]) || node.Label[end - 1] is ' ' or '-' or '_' or '#'))
            end--;
        return end > 0 ? node.Label[..end] : node.Label;
    }
}
