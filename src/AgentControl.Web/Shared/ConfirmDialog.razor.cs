using System.Globalization;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace AgentControl.Web.Shared;

/// <summary>The question of <see cref="ConfirmQuestions.ConfirmAsync"/>: now, then; effects; focus on the safe button.</summary>
public sealed partial class ConfirmDialog
{
    private readonly string _id = $"number-{Guid.NewGuid():N}";
    private ElementReference _safe;
    private string _typed = "";

    [CascadingParameter]
    private IMudDialogInstance Dialog { get; set; } = null!;

    [Parameter, EditorRequired]
    public ConfirmRequest Request { get; set; } = null!;

    private bool Ready => !Request.NeedsNumber || Digits(_typed) == Request.Count.ToString(CultureInfo.InvariantCulture);

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
        {
            await _safe.FocusAsync();
        }
    }

    // "1,204" and "1 204" are the number as well.
    private static string Digits(string typed) => string.Concat(typed.Where(c => c is not (',' or ' ' or '\u00A0' or '.')));
}
