using AgentControl.Web.Shared;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>The pieces of one row's bar, each a try, a back-off or a wait.</summary>
internal static class TimelineBars
{
    /// <summary>Pieces of a folded row's density bar.</summary>
    private const int Slices = 40;

    public static IReadOnlyList<TimelineBar> Of(TimelineNode node, TimeScale scale, DateTimeOffset now) =>
        node.IsFold ? Dense(node, scale, now)
        : node.Step is { } step ? Tries(step, scale, now)
        : [Span(node, scale, now)];

    private static TimelineBar Span(TimelineNode node, TimeScale scale, DateTimeOffset now)
    {
        var end = node.EndedAt ?? now;
        return Bar(
            "scope",
            node.EndedAt is null ? $"{node.Label}, goes on" : $"{node.Label}, {Formats.Duration(end - node.StartedAt)}",
            node.StartedAt,
            end,
            scale
        );
    }

    private static List<TimelineBar> Tries(TimelineStep step, TimeScale scale, DateTimeOffset now)
    {
        var end = step.CompletedAt ?? now;
        var bars = new List<TimelineBar>();
        var from = step.StartedAt;
        foreach (var failed in step.Tries)
        {
            bars.Add(
                Bar(
                    "failed",
                    $"try {failed.No}, failed, {Formats.Duration(failed.FailedAt - from)}",
                    from,
                    failed.FailedAt,
                    scale
                )
            );
            var next = failed.Until is { } until && until < end ? until : end;
            bars.Add(
                Bar("backoff", $"back-off, {Formats.Duration(next - failed.FailedAt)}", failed.FailedAt, next, scale)
            );
            from = next;
        }
        var name =
            step.Tries.Count > 0 || step.State is "failed" or "superseded" ? $"try {step.Tries.Count + 1}, " : "";
        var (form, word) = (step.IsWait, step.State) switch
        {
            (true, "running") => (step.Kind == "approval" ? "person" : "outside", "waiting, "),
            (true, _) => (step.Kind == "approval" ? "person" : "outside", "waited "),
            (_, "running") => ("running", "running, "),
            (_, "failed" or "superseded") => ("failed", "failed, "),
            _ => ("done", name.Length > 0 ? "completed, " : ""),
        };
        // A growing length is written beside the bar; a name that changes all the time would draw the row again and again.
        var length = step.CompletedAt is null ? "" : Formats.Duration(end - from);
        bars.Add(Bar(form, $"{name}{word}{length}".TrimEnd(',', ' '), from, end, scale));
        return bars;
    }

    /// <summary>How many of the folded rows were under way in each slice of time.</summary>
    private static List<TimelineBar> Dense(TimelineNode node, TimeScale scale, DateTimeOffset now)
    {
        var end = node.EndedAt ?? now;
        var slice = (end - node.StartedAt) / Slices;
        var counts = new int[Slices];
        foreach (var child in node.Children)
        {
            if (slice <= TimeSpan.Zero)
                break;
            var first = (int)Math.Clamp((child.StartedAt - node.StartedAt) / slice, 0, Slices - 1);
            var last = (int)Math.Clamp(((child.EndedAt ?? now) - node.StartedAt) / slice, first, Slices - 1);
            for (var i = first; i <= last; i++)
                counts[i]++;
        }
        var most = Math.Max(1, counts.Max());
        var bars = new List<TimelineBar>();
        for (var i = 0; i < Slices; i++)
        {
            if (counts[i] == 0)
                continue;
            var level = (int)Math.Ceiling(4d * counts[i] / most);
            var first = i;
            while (i + 1 < Slices && (int)Math.Ceiling(4d * counts[i + 1] / most) == level)
                i++;
            bars.Add(
                Bar(
                    $"dense{level}",
                    $"up to {counts[first..(i + 1)].Max()} at once",
                    node.StartedAt + slice * first,
                    node.StartedAt + slice * (i + 1),
                    scale
                )
            );
        }
        return bars.Count > 0 ? bars : [Span(node, scale, now)];
    }

    private static TimelineBar Bar(string form, string name, DateTimeOffset from, DateTimeOffset to, TimeScale scale) =>
        new(form, scale.Left(from), scale.Width(from, to), name);
}
