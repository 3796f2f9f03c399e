using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>Plain text from an agent: odd characters by number, a long one folded with its length, never silently cut.</summary>
public sealed partial class UntrustedText
{
    private bool _all;

    [Parameter, EditorRequired]
    public string Text { get; set; } = "";

    /// <summary>From this length on the text is folded.</summary>
    [Parameter]
    public int FoldFrom { get; set; } = 2_000;

    /// <summary>Keeps the text in one line of its surroundings.</summary>
    [Parameter]
    public bool Inline { get; set; }

    private bool IsLong => Text.Length > FoldFrom;

    private string Shown => IsLong && !_all ? Text[..FoldFrom] + "…" : Text;
}
