using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace AgentControl.Web.Services;

/// <summary>For how long and why a service is blocked.</summary>
internal sealed record Block(TimeSpan Length, string? Reason);

/// <summary>Asks for how long and why.</summary>
public sealed partial class BlockDialog : IAsyncDisposable
{
    private static readonly (int Minutes, string Text)[] _choices =
    [
        (15, "15 minutes"),
        (60, "1 hour"),
        (240, "4 hours"),
        (1_440, "1 day"),
        (10_080, "7 days"),
    ];

    private ElementReference _safe;
    private int _minutes = 60;
    private string _reason = "";

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Parameter, EditorRequired]
    public string Service { get; set; } = "";

    /// <summary>Null where the person thinks better of it.</summary>
    internal static async Task<Block?> AskAsync(IDialogService dialogs, string service)
    {
        var parameters = new DialogParameters<BlockDialog> { { d => d.Service, service } };
        var dialog = await dialogs.ShowAsync<BlockDialog>(
            $"Block {service}?",
            parameters,
            new DialogOptions { CloseOnEscapeKey = true, MaxWidth = MaxWidth.Small }
        );
        return await dialog.Result is { Canceled: false, Data: Block block } ? block : null;
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await Js.TryInvokeAsync("ac.focusIn", _safe);
    }

    public async ValueTask DisposeAsync() => await Js.TryInvokeAsync("ac.focusBack");

    private void Confirm() =>
        Dialog.Close(
            DialogResult.Ok(
                new Block(TimeSpan.FromMinutes(_minutes), _reason.Trim() is { Length: > 0 } reason ? reason : null)
            )
        );
}
