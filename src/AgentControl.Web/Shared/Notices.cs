using System.Collections.Immutable;

namespace AgentControl.Web.Shared;

/// <summary>One line at the lower left: what happened, and how to take it back.</summary>
public sealed record Notice(long No, string Text, bool IsProblem, Func<Task>? Undo);

/// <summary>
/// Says the results of a person's actions at the lower left, with Undo for those that can be taken back (key z).
/// <c>await Notices.SayAsync("Saved.")</c> · <c>await Notices.OfferUndoAsync("Paused invoice-118.", () =&gt; …)</c>
/// </summary>
internal sealed class Notices(Announcer announcer)
{
    /// <summary>How long a notice stays, unless the pointer or the focus is on it.</summary>
    public static readonly TimeSpan Stay = TimeSpan.FromSeconds(10);

    private const int Most = 3;
    private ImmutableList<Notice> _open = [];
    private long _no;

    /// <summary>Raised after the open notices changed.</summary>
    public event EventHandler? Changed;

    /// <summary>The notices on the screen, oldest first: at most three, or as many as can still be taken back.</summary>
    public ImmutableList<Notice> Open => _open;

    public Task SayAsync(string text) => AddAsync(text, isProblem: false, undo: null);

    /// <summary>Something that was asked for did not happen; the text says why and what to do.</summary>
    public Task ProblemAsync(string text) => AddAsync(text, isProblem: true, undo: null);

    public Task OfferUndoAsync(string text, Func<Task> undo) => AddAsync(text, isProblem: false, undo);

    public void Close(Notice notice)
    {
        _open = _open.RemoveAll(n => n.No == notice.No);
        Changed?.Invoke(this, EventArgs.Empty);
    }

    private Task AddAsync(string text, bool isProblem, Func<Task>? undo)
    {
        var added = _open.Add(new(++_no, text, isProblem, undo));
        // What can be taken back keeps its time.
        var surplus = added.Count > Most ? added.FindIndex(n => n.Undo is null && n.No != _no) : -1;
        _open = surplus < 0 ? added : added.RemoveAt(surplus);
        Changed?.Invoke(this, EventArgs.Empty);
        return announcer.PoliteAsync(undo is null ? text : $"{text} Undo with z.");
    }
}
