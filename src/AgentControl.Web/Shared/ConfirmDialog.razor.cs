using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;
using MudBlazor;

namespace AgentControl.Web.Shared;

/// <summary>The question of <see cref="ConfirmQuestions.ConfirmAsync"/>: now, then; effects; focus on the safe button.</summary>
public sealed partial class ConfirmDialog : IAsyncDisposable
{
    private readonly string _id = $"number-{Guid.NewGuid():N}";
    private ElementReference _safe;
    private string _typed = "";

    [Inject]
    private IJSRuntime Js { get; set; } = null!;

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Parameter, EditorRequired]
    public ConfirmRequest Request { get; set; } = null!;

    private bool Ready =>
        !Request.NeedsNumber || Digits(_typed) == Request.Count.ToString(CultureInfo.InvariantCulture);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await Js.TryInvokeAsync("ac.focusIn", _safe);
        }
    }

    public async ValueTask DisposeAsync() => await Js.TryInvokeAsync("ac.focusBack");

    // "1,204" and "1 204" are the number as well.
    private static string Digits(string typed) =>
        string.Concat(typed.Where(c => c is not (',' or ' ' or '\u00A0' or '.')));
}
