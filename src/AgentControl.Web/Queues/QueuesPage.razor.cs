using AgentControl.Engine.Access;
using AgentControl.Engine.Queues;
using AgentControl.Engine.Workers;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Queues;

/// <summary>What waits in which queue, who serves it, and what people change about that while it runs.</summary>
public sealed partial class QueuesPage
{
    private IReadOnlyList<QueueLine>? _queues;
    private IReadOnlyList<WorkerView>? _workers;
    private HoldView? _hold;
    private string? _lock;
    private bool _busy;

    [Inject]
    private QueueQueries Queues { get; set; } = null!;

    [Inject]
    private WorkerQueries Workers { get; set; } = null!;

    [Inject]
    private QueueSettings Settings { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private IDialogService Dialogs { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "tab")]
    private string? Tab { get; set; }

    private bool Holds => _hold is { Held: true };

    private bool ShowsWorkers => Tab == "workers";

    protected override IEnumerable<string> Topics => [LiveTopic.Jobs, LiveTopic.Queues];

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        Show(
            ref _lock,
            caller?.HasEverywhere(Role.Operator) == true ? null : "Needs the Operator role in every workspace"
        );
        Show(ref _hold, await Queues.HoldAsync(cancellationToken));
        var now = Clock.GetUtcNow();
        ShowRows(ref _queues, [.. (await Queues.ListAsync(cancellationToken)).Select(q => QueueLine.Of(q, now))]);
        ShowRows(
            ref _workers,
            [.. (await Workers.ListAsync(caller is null ? [] : caller.Workspaces, cancellationToken)).Select(Steady)]
        );
    }

    /// <summary>That a live process still beats is no news.</summary>
    private static WorkerView Steady(WorkerView worker) =>
        worker.State is "alive" or "draining" ? worker with { LastHeartbeat = default } : worker;

    private Task PauseAsync(QueueView queue, bool paused) =>
        ChangeAsync(
            queue,
            null,
            paused,
            paused ? $"Paused {queue.Name}. Running jobs go on." : $"Resumed {queue.Name}.",
            () => ChangeAsync(queue, null, !paused, null, null)
        );

    private Task SetAsync(QueueView queue, int workers) =>
        ChangeAsync(
            queue,
            workers,
            null,
            $"{queue.Name} has {Formats.Count(workers, "worker")} in each process.",
            queue.Workers is { } before ? () => ChangeAsync(queue, before, null, null, null) : null
        );

    private async Task ChangeAsync(QueueView queue, int? workers, bool? paused, string? said, Func<Task>? undo)
    {
        if (await Callers.CurrentAsync(CancellationToken.None) is not { } caller)
            return;
        _busy = true;
        try
        {
            caller.Require(Role.Operator, Caller.Everywhere);
            var errors = await Settings.ChangeAsync(queue.Name, workers, paused, caller.Actor, CancellationToken.None);
            if (errors.Count > 0)
                await Notices.ProblemAsync(string.Join(" ", errors.SelectMany(e => e.Value)));
            else if (said is not null && undo is not null)
                await Notices.OfferUndoAsync(said, undo);
            else if (said is not null)
                await Notices.SayAsync(said);
        }
        finally
        {
            _busy = false;
        }
        await ReloadAsync();
    }

    private async Task HoldAsync()
    {
        if (_hold is not { } now || await Callers.CurrentAsync(CancellationToken.None) is not { } caller)
            return;
        var question = new ConfirmRequest("Hold everything?", "Keep going", "Hold everything")
        {
            Text =
                "In every queue and process no job starts or resumes until somebody releases it. Running jobs go on, timers keep counting, and decisions are kept.",
        };
        if (!now.Held && !await Dialogs.ConfirmAsync(question))
            return;
        caller.Require(Role.Operator, Caller.Everywhere);
        _busy = true;
        try
        {
            await Settings.HoldAsync(!now.Held, caller.Actor, CancellationToken.None);
        }
        finally
        {
            _busy = false;
        }
        await Notices.SayAsync(now.Held ? "Released. Jobs start again." : "Everything is held.");
        await ReloadAsync();
    }
}

/// <summary>A queue with the instant from which its oldest job waits, which ticks in the browser.</summary>
internal sealed record QueueLine(QueueView Queue, DateTimeOffset? Oldest)
{
    public static QueueLine Of(QueueView queue, DateTimeOffset now) =>
        new(
            queue with
            {
                OldestAgeSeconds = null,
            },
            queue.OldestAgeSeconds is { } age
                ? DateTimeOffset.FromUnixTimeSeconds((now - TimeSpan.FromSeconds(age)).ToUnixTimeSeconds())
                : null
        );
}
