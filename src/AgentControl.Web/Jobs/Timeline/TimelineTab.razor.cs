using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Timeline;

/// <summary>The run of one job as a tree with bars; follows the journal unless it is very large.</summary>
public sealed partial class TimelineTab
{
    private readonly TimelineView _view = new();
    private TimelineJournal? _journal;
    private bool _drawn;

    [Inject]
    private TimelineReader Reader { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

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

    [SupplyParameterFromQuery(Name = "step")]
    private string? Step { get; set; }

    private bool IsLarge => Events > TimelineView.MostLiveEvents;

    protected override IEnumerable<string> Topics => IsLarge ? [] : [LiveTopic.Job(JobId)];

    protected override object LoadKey => (JobId, Ended);

    protected override void OnParametersSet() => _view.Select(Step);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        _journal ??= new TimelineJournal(JobId);
        if (await Reader.ReadAsync(_journal, JobId, cancellationToken) || IsLoading)
        {
            _view.Update(_journal.Steps, _journal.Marks, Ended ? null : Clock.GetUtcNow());
            Show(ref _drawn, !_drawn);
        }
    }

    private Task SelectAsync(string? id)
    {
        _view.Select(id);
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("step", id), replace: true);
        return Task.CompletedTask;
    }
}
