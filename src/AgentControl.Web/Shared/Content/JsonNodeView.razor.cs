using System.Text.Json;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Shared;

/// <summary>One value of a <see cref="JsonView"/>; its children are drawn once it is open, a hundred at a time.</summary>
public sealed partial class JsonNodeView
{
    private const int Page = 100;

    private bool _open;
    private int _shown = Page;

    [Parameter]
    public string? Name { get; set; }

    [Parameter, EditorRequired]
    public JsonElement Value { get; set; }

    [Parameter]
    public int Depth { get; set; }

    [Parameter]
    public int OpenDepth { get; set; }

    private string KeyText => Name is null ? "" : $"{OddCharacters.Shown(Name)}: ";

    private List<(string Name, JsonElement Value)>? Children =>
        Value.ValueKind switch
        {
            JsonValueKind.Object => [.. Value.EnumerateObject().Select(p => (p.Name, p.Value))],
            JsonValueKind.Array => [.. Value.EnumerateArray().Select((v, i) => (Formats.Number(i), v))],
            _ => null,
        };

    protected override void OnInitialized() => _open = Depth < OpenDepth;

    private string Summary(int count) =>
        Value.ValueKind == JsonValueKind.Object
            ? $"{{{Formats.Count(count, "field")}}}"
            : $"[{Formats.Count(count, "item")}]";
}
