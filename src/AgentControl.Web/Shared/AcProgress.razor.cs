using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>A named bar that readers may ask but that never announces itself. <c>&lt;AcProgress Percent="62" Label="Progress of invoice-118" /&gt;</c></summary>
public sealed partial class AcProgress
{
    private (double?, string, string, bool, bool)? _drawn;
    private bool _differs;

    /// <summary>0 to 100; null where it is not known.</summary>
    [Parameter, EditorRequired]
    public double? Percent { get; set; }

    /// <summary>The bar's name for readers.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>A hue of the design language, such as that of <see cref="StateLook"/>.</summary>
    [Parameter]
    public string Hue { get; set; } = "blue";

    /// <summary>Writes the number beside the bar.</summary>
    [Parameter]
    public bool ShowText { get; set; } = true;

    /// <summary>A higher bar, for the head of a page.</summary>
    [Parameter]
    public bool Wide { get; set; }

    private string? Now =>
        Percent is { } p ? Math.Floor(Math.Clamp(p, 0, 100)).ToString(CultureInfo.InvariantCulture) : null;

    private string? Part =>
        Percent is { } p
            ? string.Create(CultureInfo.InvariantCulture, $"--ac-part:{Math.Clamp(p, 0, 100):0.#}%")
            : null;

    protected override void OnParametersSet()
    {
        var next = (Percent, Label, Hue, ShowText, Wide);
        _differs = _drawn != next;
        _drawn = next;
    }

    protected override bool ShouldRender() => _differs;
}
