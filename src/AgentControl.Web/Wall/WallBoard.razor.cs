using System.Globalization;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Wall;

/// <summary>
/// The wall: one beat a second, each of which is one rendering. A beat reads the database where something changed, and every other time
/// where nothing did; it tells the browser how old the data are, and the browser alone judges.
/// </summary>
public sealed partial class WallBoard
{
    /// <summary>The time between two beats, and so between two renderings.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    private const int QuietBeats = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);
    private readonly WallView _view = new();
    private readonly List<IDisposable> _watches = [];
    private WallSnapshot? _now;
    private DateTimeOffset? _readAt;
    private ITimer? _timer;
    private int _beats;
    private int _quiet;
    private int _changed = 1;

    [Inject]
    private WallReader Reader { get; set; } = null!;

    [Inject]
    private WallOptions Options { get; set; } = null!;

    [Inject]
    private ILiveFeed Changes { get; set; } = null!;

    [Inject]
    private DataAge Database { get; set; } = null!;

    [Inject]
    private UiPulse Beats { get; set; } = null!;

    /// <summary>Shows agents and numbers in the place of what people wrote.</summary>
    [Parameter]
    public bool HideNames { get; set; }

    /// <summary>How old the data are by the server's clock, in milliseconds: the browser's may differ.</summary>
    private string Age =>
        Math.Max(0, (Clock.GetUtcNow() - (_readAt ?? Clock.GetUtcNow())).TotalMilliseconds)
            .ToString("0", CultureInfo.InvariantCulture);

    private string? Queued => _now is null ? null : Formats.Short(_now.Queued);

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var now = Clock.GetUtcNow();
        var changed = Interlocked.Exchange(ref _changed, 0) == 1;
        _quiet = changed ? 0 : _quiet + 1;
        // A database that is known to be silent is not asked: its return reads anew.
        if ((changed || _quiet >= QuietBeats) && (_readAt is null || Database.OldSince is null))
        {
            _quiet = 0;
            await ReadAsync(now, cancellationToken);
        }

        _view.Take(_now, now);
    }

    protected override void OnAfterRender(bool firstRender)
    {
        base.OnAfterRender(firstRender);
        if (!firstRender)
            return;
        foreach (var topic in new[] { LiveTopic.Jobs, LiveTopic.Services, LiveTopic.Contact })
            _watches.Add(Changes.Subscribe(topic, () => Interlocked.Exchange(ref _changed, 1)));
        _timer = Clock.CreateTimer(_ => Beats.Request(OnBeat), null, Beat, Beat);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _timer?.Dispose();
            _watches.ForEach(w => w.Dispose());
            Beats.Withdraw(OnBeat);
        }

        base.Dispose(disposing);
    }

    private async Task ReadAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What takes longer is no answer: the age of the data grows meanwhile, and the next beat asks again.
        using var limit = new CancellationTokenSource(Patience, Clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        _now = await Reader.ReadAsync(now, stop.Token);
        _readAt = now;
    }

    private void OnBeat() => _ = InvokeAsync(BeatAsync);

    private Task BeatAsync()
    {
        _beats++;
        return ReloadAsync();
    }
}
