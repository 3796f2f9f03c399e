using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>One row of an <see cref="AcTable{TRow}"/>; drawn again only when what it shows differs.</summary>
public sealed partial class AcRow<TRow>
{
    private (TRow Row, object? State, string? Class, bool? Selected)? _drawn;
    private bool _differs;

    [Parameter, EditorRequired]
    public TRow Row { get; set; } = default!;

    [Parameter]
    public object? State { get; set; }

    [Parameter]
    public string? TestId { get; set; }

    [Parameter]
    public string? Id { get; set; }

    [Parameter]
    public string? Class { get; set; }

    [Parameter]
    public bool? Selected { get; set; }

    [Parameter]
    public RenderFragment<TRow>? ChildContent { get; set; }

    protected override void OnParametersSet()
    {
        var next = (Row, State, Class, Selected);
        _differs = _drawn is null || !_drawn.Value.Equals(next);
        _drawn = next;
    }

    protected override bool ShouldRender() => _differs;
}
