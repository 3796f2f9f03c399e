using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Tail;

/// <summary>The log of one job, followed live; what a person reads does not move.</summary>
public sealed partial class EventsTab
{
    private readonly TailView _view = new();
    private List<TailLine> _lines = [];
    private IReadOnlyList<TailLine>? _linesOf;
    private TailLine? _opened;
    private bool _drawn;
    private bool _asked;
    private ElementReference _tail;

    [Inject]
    private TailReader Reader { get; set; } = null!;

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

    /// <summary>An ended job is read from its end as well, but does not follow.</summary>
    [Parameter]
    public bool Ended { get; set; }

    [SupplyParameterFromQuery(Name = "kind")]
    private string? Kind { get; set; }

    [SupplyParameterFromQuery(Name = "step")]
    private string? Step { get; set; }

    private long? _open => _opened?.No;

    // Virtualize reads a list; the same list as long as the lines are the same.
    private List<TailLine> Lines
    {
        get
        {
            if (!ReferenceEquals(_linesOf, _view.Shown))
                (_linesOf, _lines) = (_view.Shown, [.. _view.Marked]);
            return _lines;
        }
    }

    protected override IEnumerable<string> Topics => [LiveTopic.Job(JobId)];

    protected override object LoadKey => JobId;

    protected override void OnParametersSet()
    {
        if (_asked)
            return;
        _asked = true;
        _view.SetKind(Kind ?? "");
        _view.SetStep(Step);
    }

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var next =
            _view.LastNo == 0
                ? await Reader.EndAsync(JobId, cancellationToken)
                : await Reader.AfterAsync(JobId, _view.LastNo, cancellationToken);
        if (_view.Append(next))
            Show(ref _drawn, !_drawn);
    }

    private static string Value(ChangeEventArgs e) => e.Value?.ToString() ?? "";

    private static void Filter(Action change) => change();

    private void OnScrolled(bool following)
    {
        if (following)
            _view.StartFollowing(Clock.GetUtcNow());
        else
            _view.StopFollowing(Clock.GetUtcNow());
    }

    private async Task FollowAsync(bool follow)
    {
        if (!follow)
            _view.StopFollowing(Clock.GetUtcNow());
        else if (_view.StartFollowing(Clock.GetUtcNow()))
            await ReloadAsync();
    }

    // The button goes; whoever pressed it reads on.
    private async Task JumpAsync()
    {
        await FollowAsync(true);
        await _tail.FocusAsync(preventScroll: true);
    }

    private async Task OlderAsync()
    {
        _view.StopFollowing(Clock.GetUtcNow());
        _view.Prepend(await Reader.BeforeAsync(JobId, _view.FirstNo));
    }

    private async Task PressedAsync(TailLine line)
    {
        if (line.Pause is { } pause)
        {
            _view.StopFollowing(Clock.GetUtcNow());
            _view.Prepend(await Reader.AfterAsync(JobId, pause.FirstNo - 1, CancellationToken.None));
        }
        else
        {
            Open(line);
        }
    }

    private void Open(TailLine? line) => _opened = _opened?.No == line?.No ? null : line;
}
