using System.Globalization;
using AgentControl.Engine.Metrics;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Overview;

/// <summary>How a span of time went: four numbers, two of them with a picture. Read anew at most every five seconds.</summary>
public sealed partial class NumberTiles
{
    private readonly CancellationTokenSource _left = new();
    private OverviewTiles? _tiles;
    private DateTimeOffset _asked;
    private bool _comesLater;
    private bool _catchesUp;

    /// <summary>24h, 7d or 30d.</summary>
    [Parameter, EditorRequired]
    public string Range { get; set; } = MetricWindow.Day;

    [Inject]
    private OverviewQueries Queries { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    protected override IEnumerable<string> Topics => [LiveTopic.Jobs];

    protected override object? LoadKey => Range;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (!_catchesUp)
            _asked = Clock.GetUtcNow();
        _catchesUp = false;
        var next = await OnceAsync("tiles", ReadAsync, cancellationToken);
        if (!next.LooksLike(_tiles))
            Show(ref _tiles, next);
        if (next.At < _asked && !_comesLater)
            _ = ComeLaterAsync(next.At + OverviewQueries.KeepFor - Clock.GetUtcNow());
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _left.Cancel();
            _left.Dispose();
        }
        base.Dispose(disposing);
    }

    private async Task<OverviewTiles> ReadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        return await Queries.TilesAsync(Range, caller is null ? [] : caller.Workspaces, cancellationToken);
    }

    /// <summary>What was read before the change that was told is read again when it is too old for everybody.</summary>
    private async Task ComeLaterAsync(TimeSpan wait)
    {
        _comesLater = true;
        try
        {
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, Clock, _left.Token);
            _comesLater = false;
            _catchesUp = true;
            await InvokeAsync(CatchUpAsync);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    private static string PerHour(double number) =>
        number switch
        {
            > 0 and < 0.005 => "< 0.01",
            > 0 and < 0.1 => number.ToString("0.00", CultureInfo.InvariantCulture),
            > 0 and < 9.95 => number.ToString("0.0", CultureInfo.InvariantCulture),
            _ => Formats.Short((long)Math.Round(number)),
        };
}
