using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>The run of one job as a tree with bars; follows the journal unless it is very large.</summary>
public sealed partial class TimelineTab
{
    private const string Off = "off";
    private readonly TimelineView _view = new();
    private TimelineJournal? _journal;
    private bool _drawn;
    private bool _shown;
    private bool _panel;
    private string? _step;
    private int? _attempt;

    /// <summary>What the address said when it was last read; afterwards the person leads, and the address follows.</summary>
    private (string? Step, string? Panel, int? Attempt)? _address;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [Inject]
    private TimelineReader Reader { get; set; } = null!;

    [Parameter, EditorRequired]
    public Guid JobId { get; set; }

    [Parameter, EditorRequired]
    public string ShortId { get; set; } = "";

    /// <summary>The job has ended: its last moment is the scale's end.</summary>
    [Parameter]
    public bool Ended { get; set; }

    /// <summary>How many events the job has.</summary>
    [Parameter]
    public long Events { get; set; }

    /// <summary>The moment for which it was submitted; null for at once.</summary>
    [Parameter]
    public DateTimeOffset? NotBefore { get; set; }

    [SupplyParameterFromQuery(Name = "step")]
    private string? Step { get; set; }

    /// <summary>The number of a failed try of the step; the last one where none is named.</summary>
    [SupplyParameterFromQuery(Name = "attempt")]
    private int? Attempt { get; set; }

    /// <summary>"off": the step is selected, but its panel was closed.</summary>
    [SupplyParameterFromQuery(Name = "panel")]
    private string? Panel { get; set; }

    private bool ShowsPanel => _step is not null && _panel;

    private bool IsLarge => Events > TimelineView.MostLiveEvents;

    protected override IEnumerable<string> Topics => IsLarge ? [] : [LiveTopic.Job(JobId)];

    protected override object LoadKey => (JobId, Ended);

    protected override void OnParametersSet()
    {
        if (_address == (Step, Panel, Attempt))
            return;
        _address = (Step, Panel, Attempt);
        (_step, _panel, _attempt) = (Step, Panel != Off, Attempt);
        _view.Select(_step);
    }

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _journal ??= new TimelineJournal(JobId, NotBefore);
        if (await Reader.ReadAsync(_journal, JobId, cancellationToken) || IsLoading)
        {
            _view.Update(_journal.Steps, _journal.Marks, Ended ? null : Clock.GetUtcNow(), _journal.Queued);
            Show(ref _drawn, !_drawn);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // Once, where a link or a reload named the step.
        if (_shown || _view.IsEmpty)
            return;
        _shown = true;
        if (_view.SelectedRow is >= 0 and var row)
            await Js.TryInvokeAsync("ac.showRow", row);
    }

    private Task CloseAsync() => SelectAsync(_step, false);

    // Not by the router: it would make the page anew, and the focus and what is folded would be gone.
    private async Task SelectAsync(string? id, bool panel)
    {
        if (id != _step)
            _attempt = null;
        (_step, _panel) = (id, panel);
        _view.Select(id);
        await WriteAddressAsync();
    }

    private async Task ShowAttemptAsync(int? attempt)
    {
        _attempt = attempt;
        await WriteAddressAsync();
    }

    private Task WriteAddressAsync() =>
        Js.TryInvokeAsync(
            "ac.replaceQuery",
            new
            {
                step = _step,
                panel = _panel ? null : Off,
                attempt = _attempt,
            }
        );
}
