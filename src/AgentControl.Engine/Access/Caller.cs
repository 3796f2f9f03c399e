namespace AgentControl.Engine.Access;

/// <summary>Who acts, and what they may do where. Commands take it; pages, REST and the hub make it.</summary>
public sealed record Caller(CallerKind Kind, Guid Id, string Name)
{
    /// <summary>The workspace of a grant that holds everywhere.</summary>
    public const string Everywhere = "*";

    /// <summary>The roles by workspace, <see cref="Everywhere"/> for all of them.</summary>
    public IReadOnlyDictionary<string, Role> Roles { get; init; } =
        new Dictionary<string, Role>(StringComparer.Ordinal);

    /// <summary>The person who answers for this caller: themselves, or the owner of the key. None for programs.</summary>
    public Guid? PersonId { get; init; }

    /// <summary>The name of the key's owner, where it has one.</summary>
    public string? OwnerName { get; init; }

    /// <summary>The groups of the person behind it.</summary>
    public IReadOnlyCollection<string> Groups { get; init; } = [];

    /// <summary>The address of the person behind it.</summary>
    public string? Email { get; init; }

    /// <summary>The sign-in that a person came by; they are gone as soon as it is ended.</summary>
    public Guid? SignIn { get; init; }

    /// <summary>Where the request came from: an address, or a word of the program's own.</summary>
    public string? From { get; init; }

    /// <summary>The program itself, with every right but that of a person to decide.</summary>
    public static Caller System { get; } =
        new(CallerKind.System, Guid.Empty, Actor.System.Name) { Roles = Global(Role.Admin) };

    /// <summary>A running job: it works in its own workspace only.</summary>
    public static Caller ForJob(Guid jobId, string name, string workspace) =>
        new(CallerKind.Job, jobId, name)
        {
            Roles = new Dictionary<string, Role>(StringComparer.Ordinal) { [workspace] = Role.Operator },
        };

    public static IReadOnlyDictionary<string, Role> Global(Role role) =>
        new Dictionary<string, Role>(StringComparer.Ordinal) { [Everywhere] = role };

    /// <summary>Who is written into events, decisions and the audit trail.</summary>
    public Actor Actor =>
        Kind == CallerKind.System
            ? Actor.System
            : new Actor($"{CallerKindNames.Name(Kind)}:{Id}", Display, From, PersonId);

    /// <summary>What people read: a key names its owner too.</summary>
    public string Display => OwnerName is null ? Name : $"{Name} (key of {OwnerName})";

    /// <summary>The workspaces that this caller may look into; null means all of them. A display may look into none.</summary>
    public IReadOnlyCollection<string>? Workspaces => WorkspacesFor(Role.Viewer);

    /// <summary>The workspaces whose jobs a wall may show to this caller; null means all of them.</summary>
    public IReadOnlyCollection<string>? OnWall => WorkspacesFor(Role.Display);

    private IReadOnlyCollection<string>? WorkspacesFor(Role least) =>
        HasEverywhere(least) ? null : [.. Roles.Keys.Where(w => Has(least, w)).Order(StringComparer.Ordinal)];

    public Role? RoleIn(string workspace)
    {
        Role? here = Roles.TryGetValue(workspace, out var local) ? local : null;
        Role? everywhere = Roles.TryGetValue(Everywhere, out var global) ? global : null;
        return AccessRules.Capped(Kind, AccessRules.Higher(here, everywhere));
    }

    public bool Has(Role least, string workspace) => RoleIn(workspace) >= least;

    /// <summary>In at least one workspace: enough for the door, never for a thing inside one.</summary>
    public bool HasAnywhere(Role least) => Roles.Keys.Any(workspace => Has(least, workspace));

    public bool HasEverywhere(Role least) => Has(least, Everywhere);

    /// <summary>People, and keys with the approver role. Never a job, and never the program.</summary>
    public bool MayDecide(string workspace) =>
        Kind is CallerKind.Person or CallerKind.ApiKey && Has(Role.Approver, workspace);

    /// <summary>Refuses by <see cref="AccessDeniedException"/>, which every edge answers with 403.</summary>
    public void Require(Role least, string workspace)
    {
        if (!Has(least, workspace))
            throw new AccessDeniedException(least, workspace);
    }
}
