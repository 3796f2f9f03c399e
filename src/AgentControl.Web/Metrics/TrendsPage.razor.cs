using AgentControl.Engine.Agents;
using AgentControl.Engine.Metrics;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace AgentControl.Web.Metrics;

/// <summary>The four metrics over time, with what is usual and the jobs behind each point. Drawn anew at most every five seconds.</summary>
public sealed partial class TrendsPage
{
    private static readonly (string Name, string Text)[] _ranges = [("24h", "24 h"), ("7d", "7 d"), ("30d", "30 d")];
    private const int Panels = 4;
    private static readonly TimeSpan _between = TimeSpan.FromSeconds(5);
    private readonly CancellationTokenSource _left = new();
    private TrendsAddress _address = new();
    private MetricSummary? _summary;
    private MetricSeries? _series;
    private IReadOnlyList<TrendPanel> _panels = [];
    private IReadOnlyList<AgentTasks> _agents = [];
    private object? _readFor;
    private DateTimeOffset _readAt;
    private bool _comesLater;

    [Inject]
    private MetricQueries Queries { get; set; } = null!;

    [Inject]
    private AgentCatalog Agents { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override IEnumerable<string> Topics =>
        _address is { From: not null, To: not null } ? [] : [LiveTopic.Jobs, LiveTopic.Services];

    protected override object? LoadKey => _address;

    /// <summary>What has to be read for the address; the rest of it only draws otherwise.</summary>
    private object ReadKey => (_address.Range, _address.From, _address.To, _address.Agent);

    private IEnumerable<string> AgentNames =>
        Agents
            .All.Select(agent => agent.Name)
            .Concat(_summary?.Agents.Select(agent => agent.Agent) ?? [])
            .Append(_address.Agent ?? "")
            .Where(name => name.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal);

    private bool IsEmpty => _panels.All(panel => !panel.HasValues) && _summary!.Now.Tasks.Ended == 0;

    protected override void OnInitialized() => Navigation.LocationChanged += OnMoved;

    protected override async Task OnParametersSetAsync()
    {
        _address = TrendsAddress.Of(new(Navigation.Uri));
        await base.OnParametersSetAsync();
    }

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var wait = _readAt + _between - Clock.GetUtcNow();
        if (Equals(_readFor, ReadKey) && wait > TimeSpan.Zero)
        {
            Draw();
            if (!_comesLater)
                _ = ComeLaterAsync(wait);
            return;
        }
        var caller = await Callers.CurrentAsync(cancellationToken);
        var window = _address.Window(await Queries.NowAsync(cancellationToken));
        var scope = new MetricScope(window, _address.Agent, caller is null ? [] : caller.Workspaces);
        var key = ReadKey;
        _summary = await Queries.SummaryAsync(scope, cancellationToken);
        _series = await Queries.SeriesAsync(scope, cancellationToken: cancellationToken);
        (_readFor, _readAt) = (key, Clock.GetUtcNow());
        Draw();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Navigation.LocationChanged -= OnMoved;
            _left.Cancel();
            _left.Dispose();
        }
        base.Dispose(disposing);
    }

    /// <summary>The whole view stands behind the question mark, of which the router tells no page without parameters.</summary>
    private void OnMoved(object? sender, LocationChangedEventArgs moved)
    {
        if (new Uri(moved.Location).AbsolutePath == TrendsAddress.Path)
            _ = InvokeAsync(OnParametersSetAsync);
    }

    private void Draw()
    {
        var panels = TrendPanel.All(_summary!, _series!, _address.Measure, _address.Compares);
        var alike =
            panels.Count == _panels.Count
            && panels.Zip(_panels).All(pair => pair.First.LooksLike(pair.Second))
            && _summary!.Agents.SequenceEqual(_agents);
        if (alike)
            return;
        Show(ref _panels, panels);
        Show(ref _agents, _summary!.Agents);
    }

    private void Go(string address) => Navigation.NavigateTo(address);

    /// <summary>What changed meanwhile is shown when its time has come.</summary>
    private async Task ComeLaterAsync(TimeSpan wait)
    {
        _comesLater = true;
        try
        {
            await Task.Delay(wait, Clock, _left.Token);
            _comesLater = false;
            await InvokeAsync(CatchUpAsync);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }
}
