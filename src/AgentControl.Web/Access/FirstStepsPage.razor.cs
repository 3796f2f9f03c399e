using AgentControl.Web.Overview;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace AgentControl.Web.Access;

/// <summary>What the first admin does next: see that everything works, let people be told, and run the sample job.</summary>
public sealed partial class FirstStepsPage
{
    /// <summary>Where the set-up goes on once there is an admin.</summary>
    public const string Address = "/first-steps";

    private const string Storage = "storage";
    private const string Notify = "notify";
    private const string Sample = "sample";
    private static readonly (string Key, string Name)[] Steps =
    [
        (Storage, "Storage"),
        (Notify, "Notify"),
        (Sample, "Sample job"),
    ];

    private static readonly (string Type, string Words)[] Channels =
    [
        ("slack", "Slack"),
        ("email", "E-mail"),
        ("webhook", "Webhook"),
    ];

    private IReadOnlyList<FirstCheck>? _checks;
    private string? _focused;

    [Inject]
    private FirstStepsReader Reader { get; set; } = null!;

    [Inject]
    private SampleJob Samples { get; set; } = null!;

    [Inject]
    private Notices Notices { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [SupplyParameterFromQuery(Name = "step")]
    private string? Asked { get; set; }

    [SupplyParameterFromQuery(Name = "channel")]
    private string? Channel { get; set; }

    private string Step => Steps.Any(s => s.Key == Asked) ? Asked! : Storage;

    protected override object LoadKey => Step;

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        if (Step == Storage)
            ShowRows(ref _checks, await Reader.ReadAsync(cancellationToken));
    }

    /// <summary>A new step begins at its heading; the first one at that of the page.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focused == Step)
            return;
        (var before, _focused) = (_focused, Step);
        if (before is not null)
            await Js.TryInvokeAsync("ac.focus", "first-step");
    }

    private string? Neighbour(int by) =>
        Array.FindIndex(Steps, s => s.Key == Step) + by is var at && at >= 0 && at < Steps.Length
            ? Steps[at].Key
            : null;

    private async Task RunSampleAsync()
    {
        var (id, problem) = await Samples.StartAsync(CancellationToken.None);
        if (id is { } job)
            Navigation.NavigateTo($"/jobs/{Core.Jobs.ShortId.Of(job)}");
        else
            await Notices.ProblemAsync(problem!);
    }
}
