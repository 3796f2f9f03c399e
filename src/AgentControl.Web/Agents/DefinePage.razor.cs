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

    private string Wanted => Name ?? _name.Trim();

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
        _busy = true;
        try
        {
            if (form.Check())
                await SendAsync(form, version);
            else
                await TellAllAsync(form);
        }
        finally
        {
            _busy = false;
        }
        _focusErrors = Errors.Count > 0;
    }

    private async Task SendAsync(SchemaForm form, int version)
    {
        var caller = await RequireAdminAsync();
        var name = Wanted;
        switch (await Commands.SaveAsync(name, version, form.Element, caller.Actor, CancellationToken.None))
        {
            case DefinitionOutcome.Saved:
                _saved = true;
                Navigation.NavigateTo(AgentPage.Address(name));
                break;
            case DefinitionOutcome.Invalid invalid:
                form.Refuse(AssistantRules.OfForm(invalid.Errors));
                await TellNameAsync(invalid.Errors);
                break;
            case DefinitionOutcome.Changed when Name is null:
                await TellNameAsync(new Dictionary<string, string[]>());
                break;
            case DefinitionOutcome.Changed { Version: var now }:
                _conflict = now;
                var isRetired = await Queries.VersionsAsync(name) is [{ Settings: null }, ..];
                _problems = Problem(
                    isRetired
                        ? $"Somebody retired it with version {now} meanwhile. What you typed stays here. Read what stands, or save over it to bring it back."
                        : $"Somebody saved version {now} meanwhile. What you typed stays here. Read what stands, or save over it."
                );
                break;
        }
    }

    /// <summary>Nothing is sent, but whoever mends one mistake shall not find the next one behind it.</summary>
    private async Task TellAllAsync(SchemaForm form)
    {
        await RequireAdminAsync();
        var errors = await Commands.CheckAsync(Wanted, form.Element, CancellationToken.None);
        form.RefuseToo(AssistantRules.OfForm(errors));
        await TellNameAsync(errors);
    }

    /// <summary>What is wrong with the name of a new one: how it is spelt, or that it is taken.</summary>
    private async Task TellNameAsync(IReadOnlyDictionary<string, string[]> errors)
    {
        if (errors.TryGetValue("name", out var wrong))
        {
            _problems = Problem("Name: " + wrong[0]);
        }
        else if (Name is null && await Queries.VersionsAsync(Wanted) is [var newest, ..])
        {
            _taken = Wanted;
            _problems = Problem(
                newest.Settings is null
                    ? $"'{Wanted}' is taken by a retired assistant. Choose another name, or edit that one to bring it back."
                    : $"'{Wanted}' is taken. Choose another name, or edit that one."
            );
        }
    }

    /// <summary>Asked anew: a role may have been taken away while the page was open.</summary>
    private async Task<Caller> RequireAdminAsync()
    {
        var caller =
            await Callers.CurrentAsync(CancellationToken.None)
            ?? throw new AccessDeniedException(Role.Admin, Caller.Everywhere);
        caller.Require(Role.Admin, Caller.Everywhere);
        return caller;
    }

    private static string Json(SchemaForm form) => form.Value.ToJsonString();

    private static IReadOnlyList<FieldError> Problem(string message) => [new("name", "agent-name", message)];
}
