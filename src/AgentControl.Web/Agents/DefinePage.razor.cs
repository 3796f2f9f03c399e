using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Web.Access;
using AgentControl.Web.Jobs.Form;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Agents;

/// <summary>Defines an assistant, or a newer version of one: a form made from the schema of its settings.</summary>
public sealed partial class DefinePage
{
    private static readonly IReadOnlyList<Crumb> _crumbs = [new("Agents", "/agents")];
    private SchemaForm? _form;
    private string? _formOf;
    private string _before = "";
    private string _name = "";
    private int _version;
    private string? _taken;
    private int? _conflict;
    private bool _saved;
    private IReadOnlyList<FieldError> _problems = [];
    private bool _busy;
    private bool _focusErrors;
    private ElementReference _errorList;

    /// <summary>The one that is edited; null makes a new one.</summary>
    [Parameter]
    public string? Name { get; set; }

    [Inject]
    private AssistantMaker Maker { get; set; } = null!;

    [Inject]
    private AgentQueries Queries { get; set; } = null!;

    [Inject]
    private DefinitionCommands Commands { get; set; } = null!;

    [Inject]
    private ICallerAccessor Callers { get; set; } = null!;

    [Inject]
    private NavigationManager Navigation { get; set; } = null!;

    protected override object? LoadKey => Name;

    private string Title => Name is null ? "New assistant" : $"Edit {Name}";

    private IReadOnlyList<FieldError> Errors => [.. _problems, .. _form?.Errors ?? []];

    private bool Unsaved => !_saved && _form is { } form && (_name.Length > 0 || Json(form) != _before);

    /// <summary>Where one is edited.</summary>
    public static string Address(string name) => AgentPage.Address(name) + "/edit";

    protected override async Task LoadAsync(CancellationToken cancellationToken)
    {
        // What was typed since stays.
        if (_form is not null && _formOf == Name)
            return;
        (_form, _formOf, _name, _version) = (null, Name, "", 0);
        (_problems, _taken, _conflict, _saved) = ([], null, null, false);
        var tools = await Maker.AcceptedToolsAsync(cancellationToken);
        SchemaForm form;
        if (Name is null)
        {
            form = new SchemaForm(Maker.Schema(tools));
        }
        else
        {
            var versions = await Queries.VersionsAsync(Name, cancellationToken);
            if (versions.FirstOrDefault(v => v.Settings is not null) is not { Settings: { } settings })
                return;
            // A tool that its server lost keeps its policy.
            var schema = Maker.Schema(tools.Union(Maker.ServerTools(JsonElement.Parse(settings))));
            form = new SchemaForm(schema);
            form.Fill(AssistantMaker.WithDefaults(JsonNode.Parse(settings)!, schema));
            _version = versions[0].Version;
        }
        _before = Json(form);
        Show(ref _form, form);
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (!_focusErrors)
            return;
        _focusErrors = false;
        await _errorList.FocusAsync();
    }

    private static Task Typed() => Task.CompletedTask;

    private Task SaveAsync() => SaveAsync(_version);

    private Task SaveOverAsync() => SaveAsync(_conflict ?? _version);

    private async Task SaveAsync(int version)
    {
        if (_busy || _form is not { } form)
            return;
        (_problems, _taken, _conflict) = ([], null, null);
        if (!form.Check())
        {
            _focusErrors = true;
            return;
        }
        _busy = true;
        try
        {
            await SendAsync(form, version);
        }
        finally
        {
            _busy = false;
        }
        _focusErrors = Errors.Count > 0;
    }

    private async Task SendAsync(SchemaForm form, int version)
    {
        var caller =
            await Callers.CurrentAsync(CancellationToken.None)
            ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
        caller.Require(Role.Admin, Caller.Everywhere);
        var name = Name ?? _name.Trim();
        switch (await Commands.SaveAsync(name, version, form.Element, caller.Actor, CancellationToken.None))
        {
            case DefinitionOutcome.Saved:
                _saved = true;
                Navigation.NavigateTo(AgentPage.Address(name));
                break;
            case DefinitionOutcome.Invalid invalid:
                form.Refuse(
                    invalid
                        .Errors.Where(e => e.Key != "name")
                        .ToDictionary(e => e.Key.Replace("settings", "input", StringComparison.Ordinal), e => e.Value)
                );
                _problems = Problems(
                    "Name: " + invalid.Errors.GetValueOrDefault("name")?[0],
                    invalid.Errors.ContainsKey("name")
                );
                break;
            case DefinitionOutcome.Changed { Version: var now }:
                var isRetired = await Queries.VersionsAsync(name) is [{ Settings: null }, ..];
                (_taken, _conflict) = Name is null ? (name, (int?)null) : (null, now);
                _problems = Problems(
                    (Name, isRetired) switch
                    {
                        (null, true) =>
                            $"'{name}' is taken by a retired assistant. Choose another name, or edit that one to bring it back.",
                        (null, false) => $"'{name}' is taken. Choose another name, or edit that one.",
                        (_, true) =>
                            $"Somebody retired it with version {now} meanwhile. What you typed stays here. Read what stands, or save over it to bring it back.",
                        _ =>
                            $"Somebody saved version {now} meanwhile. What you typed stays here. Read what stands, or save over it.",
                    },
                    true
                );
                break;
        }
    }

    private static string Json(SchemaForm form) => form.Value.ToJsonString();

    private static IReadOnlyList<FieldError> Problems(string message, bool any) =>
        any ? [new FieldError("name", "agent-name", message)] : [];
}
