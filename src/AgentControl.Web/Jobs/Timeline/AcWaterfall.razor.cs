using System.Globalization;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>Tree and bars that scroll together. Arrows move the selection and fold, Enter opens a step, Escape closes it.</summary>
public sealed partial class AcWaterfall
{
    /// <summary>Above so many rows only those in sight are drawn.</summary>
    public const int VirtualAbove = 200;

    /// <summary>More marks than this would hide each other.</summary>
    private const int MostMarks = 200;

    [Parameter, EditorRequired]
    public TimelineView View { get; set; } = null!;

    [Parameter]
    public EventCallback<string?> OnSelect { get; set; }

    /// <summary>Arrows led to another row.</summary>
    [Parameter]
    public EventCallback<string> OnMove { get; set; }

    /// <summary>The view was changed here: folded, unfolded, a gap opened.</summary>
    [Parameter]
    public EventCallback OnChange { get; set; }

    private ICollection<TimelineRow> Items => [.. View.Rows];

    private string? TabStop =>
        View.Rows.Any(r => r.Id == View.Selected) ? View.Selected
        : View.Rows.Count > 0 ? View.Rows[0].Id
        : null;

    private IEnumerable<TimelineMark> ShownMarks =>
        View
            .Marks.Where(m => m.Kind == MarkKind.Recovery)
            .Concat(View.Marks.Where(m => m.Kind == MarkKind.Checkpoint).TakeLast(MostMarks));

    private string MarksText
    {
        get
        {
            var saved = View.Marks.Count(m => m.Kind == MarkKind.Checkpoint);
            var recovered = View.Marks.Count(m => m.Kind == MarkKind.Recovery);
            string?[] parts =
            [
                saved > 0 ? "◆ " + Formats.Count(saved, "checkpoint") : null,
                recovered > 0 ? "⟲ " + Formats.Count(recovered, "recovery", "recoveries") : null,
            ];
            return string.Join(" ", parts.Where(p => p is not null));
        }
    }

    /// <summary>All waits for a worker that are over.</summary>
    private string QueueLength =>
        Formats.Duration(View.Queued.Aggregate(TimeSpan.Zero, (all, q) => q.To is { } to ? all + (to - q.From) : all));

    private static string QueueText(QueueSpan span) =>
        span.To is { } to ? $"waited {Formats.Duration(to - span.From)} for a worker" : "waits for a worker";

    /// <summary>Ticks may lie between whole seconds, and are exact.</summary>
    private static string TickText(TimeSpan since) =>
        since == TimeSpan.Zero ? "0"
        : since.TotalSeconds is > 1 and < 60 && since.Milliseconds > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{since.TotalSeconds:0.##} s")
        : Formats.Duration(since);

    private Task ShowGapAsync(IdleGap gap)
    {
        View.ShowGap(gap);
        return OnChange.InvokeAsync();
    }

    private Task FoldAsync(TimelineRow row)
    {
        View.SetOpen(row.Id, !row.IsOpen);
        return OnChange.InvokeAsync();
    }

    private Task SelectAsync(TimelineRow row)
    {
        if (row.State == TimelineView.More)
        {
            View.ShowMore(row.Id[..^TimelineView.MoreMark.Length]);
            return OnChange.InvokeAsync();
        }
        return row.CanFold && row.Kind is null ? FoldAsync(row) : OnSelect.InvokeAsync(row.Id);
    }
}
