using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>
/// A part of a page that shows a snapshot and follows it: it loads once, again when <see cref="LoadKey"/> changes, and again with the
/// circuit's beat after one of its <see cref="Topics"/> changed or the database answers again. Each load ends in at most one rendering. While the browser is away nothing is loaded.
/// <code>
/// protected override IEnumerable&lt;string&gt; Topics =&gt; [LiveTopic.Jobs];
/// protected override async Task LoadAsync(CancellationToken ct) =&gt;
///     Show(ref _page, await OnceAsync("page", c =&gt; Queries.PageAsync(Filter, c), ct));
/// </code>
/// </summary>
public abstract partial class LiveComponent : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();
    private readonly List<IDisposable> _subscriptions = [];
    private readonly List<PersistingComponentStateSubscription> _kept = [];
    private string[] _topics = [];
    private object? _key;
    private bool _started;
    private bool _interactive;
    private bool _loading;
    private bool _stale;
    private bool _changed;
    private bool _disposed;

    [Inject]
    private ILiveFeed Feed { get; set; } = null!;

    [Inject]
    private UiPulse Pulse { get; set; } = null!;

    [Inject]
    private ILogger<LiveComponent> Logger { get; set; } = null!;

    [Inject]
    private PersistentComponentState Kept { get; set; } = null!;

    /// <summary>The topics whose changes make this part load again; read after each change of parameters.</summary>
    protected virtual IEnumerable<string> Topics => [];

    /// <summary>What the snapshot depends on, such as a filter; another value (by equality) loads anew. A record or tuple does well.</summary>
    protected virtual object? LoadKey => null;

    /// <summary>True until the first load for the present key has ended.</summary>
    protected bool IsLoading { get; private set; } = true;

    /// <summary>True while newer data are being read behind the ones shown.</summary>
    protected bool IsRefreshing => _loading && !IsLoading;

    /// <summary>The failure of the last load, or null; what was loaded before stays shown.</summary>
    private protected LoadFailure? Failure { get; private set; }

    /// <summary>When the data shown were read.</summary>
    protected DateTimeOffset? LoadedAt { get; private set; }

    [Inject]
    private protected TimeProvider Clock { get; private set; } = null!;

    /// <summary>Reads the data and hands them to <see cref="Show{T}"/>.</summary>
    protected abstract Task LoadAsync(CancellationToken cancellationToken);

    /// <summary>Takes a new snapshot; the part is drawn again only if it differs.</summary>
    protected void Show<T>(ref T field, T value)
    {
        if (!EqualityComparer<T>.Default.Equals(field, value))
        {
            field = value;
            _changed = true;
        }
    }

    /// <summary>As <see cref="Show{T}"/>, for rows: equal when each row equals, so rows should be records.</summary>
    protected void ShowRows<T>(ref IReadOnlyList<T>? field, IReadOnlyList<T> value)
    {
        if (field is null || !field.SequenceEqual(value))
        {
            field = value;
            _changed = true;
        }
    }

    /// <summary>The load of a value that the prerendered page already made is not made again.</summary>
    protected async Task<T> OnceAsync<T>(
        string name,
        Func<CancellationToken, Task<T>> load,
        CancellationToken cancellationToken
    )
    {
        var key = $"{GetType().FullName}/{name}/{LoadKey}";
        if (!_interactive && LoadedAt is null && Kept.TryTakeFromJson<T>(key, out var kept) && kept is not null)
        {
            return kept;
        }

        var value = await load(cancellationToken);
        if (!_interactive && LoadedAt is null)
        {
            _kept.Add(
                Kept.RegisterOnPersisting(() =>
                {
                    Kept.PersistAsJson(key, value);
                    return Task.CompletedTask;
                })
            );
        }

        return value;
    }

    /// <summary>Loads now and draws, for "Try again", "12 new" and after an own action.</summary>
    protected Task ReloadAsync() => RunAsync(always: true);

    /// <summary>Loads now and draws what differs, for a part that put a load off.</summary>
    protected Task CatchUpAsync() => RunAsync(always: false);

    protected override async Task OnParametersSetAsync()
    {
        if (_interactive)
        {
            Subscribe();
        }

        if (!_started || !Equals(_key, LoadKey))
        {
            _started = true;
            _key = LoadKey;
            IsLoading = true;
            await RunAsync(always: true);
        }
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
        {
            _interactive = true;
            Subscribe();
            if (_topics.Length > 1)
            {
                // What changed between the load and the subscription would otherwise be missed.
                Pulse.Request(OnBeat);
            }
        }
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || _disposed)
        {
            return;
        }

        _disposed = true;
        Pulse.Withdraw(OnBeat);
        _subscriptions.ForEach(s => s.Dispose());
        _kept.ForEach(s => s.Dispose());
        _gone.Cancel();
        _gone.Dispose();
    }
}
