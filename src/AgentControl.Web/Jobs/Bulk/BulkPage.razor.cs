using System.Globalization;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs.Bulk;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Bulk;

/// <summary>An action upon many jobs: asked with its exact number, then its progress, then a result for each job.</summary>
public sealed partial class BulkPage
{
    /// <summary>From this many jobs on the number is typed.</summary>
    private const int Many = 25;

    private const int Step = 50;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);
    private static readonly (string? Word, string Text)[] Filters =
    [
        (null, "All"),
        ("refused", "Refused"),
        ("done", "Done"),
    ];

    private BulkView? _bulk;
    private IReadOnlyList<BulkItemView>? _items;
    private ITimer? _timer;
    private int _most = Step;
    private string _reason = "";
    private string _typed = "";
    private string? _error;
    private bool _busy;

    [Inject]
    private BulkQueries Queries { get; set; } = null!;

    [Inject]
    private BulkCommands Commands { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Parameter]
    public Guid Id { get; set; }

    [SupplyParameterFromQuery(Name = "outcome")]
    private string? Asked { get; set; }

    private string? Outcome => Filters.FirstOrDefault(f => f.Word == Asked).Word;

    private bool NeedsNumber => _bulk?.Total >= Many;

    private bool IsSure =>
        !NeedsNumber
        || (
            int.TryParse(
                _typed.Replace(",", "", StringComparison.Ordinal),
                CultureInfo.InvariantCulture,
                out var number
            )
            && number == _bulk!.Total
        );

    protected override object LoadKey => (Id, Outcome);

    protected override void Dispose(bool disposing)
    {
        _timer?.Dispose();
        base.Dispose(disposing);
    }

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        var caller = await Callers.CurrentAsync(cancellationToken);
        Show(ref _bulk, await Queries.FindAsync(Id, cancellationToken));
        ShowRows(
            ref _items,
            await Queries.ItemsAsync(Id, Outcome, caller is null ? [] : caller.Workspaces, 0, _most, cancellationToken)
        );
        // Only while something moves.
        if (_bulk is { State: "running" } or { State: "aborted", FinishedAt: null })
            _timer ??= Clock.CreateTimer(_ => _ = InvokeAsync(ReloadAsync), null, LookAgain, LookAgain);
        else
        {
            _timer?.Dispose();
            _timer = null;
        }
    }

    private Task MoreAsync()
    {
        _most += Step;
        return ReloadAsync();
    }

    private Task StartAsync() =>
        IsSure
            ? ActAsync(caller => Commands.StartAsync(Id, _reason, caller, CancellationToken.None))
            : Task.CompletedTask;

    private Task AbortAsync() => ActAsync(caller => Commands.AbortAsync(Id, caller, CancellationToken.None));

    private async Task ActAsync(Func<Caller, Task<BulkOutcome>> act)
    {
        if (await Callers.CurrentAsync(CancellationToken.None) is not { } caller)
            return;
        _busy = true;
        try
        {
            _error = await act(caller) switch
            {
                BulkOutcome.Invalid invalid => string.Join(" ", invalid.Errors.SelectMany(e => e.Value)),
                BulkOutcome.Refused refused => refused.Reason,
                BulkOutcome.NotFound => "It is gone. Choose the jobs again.",
                _ => null,
            };
        }
        finally
        {
            _busy = false;
        }
        await ReloadAsync();
    }
}
