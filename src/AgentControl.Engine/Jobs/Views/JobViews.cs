using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;

namespace AgentControl.Engine.Jobs.Views;

/// <summary>A saved view of the list of jobs.</summary>
/// <param name="Query">The words of the search.</param>
/// <param name="Scope">mine, all, or empty for the usual jobs.</param>
/// <param name="Sort">The word of an order, or empty.</param>
/// <param name="Team">Everybody sees it.</param>
public sealed record SavedJobView(
    Guid Id,
    string Name,
    string Query,
    string Scope,
    string Sort,
    bool Team,
    string SavedBy,
    DateTimeOffset SavedAt
);

/// <summary>What is to be saved.</summary>
public sealed record JobViewWish(string? Name, string? Query, string? Scope, string? Sort, bool Team);

/// <summary>How saving went.</summary>
public abstract record JobViewOutcome
{
    private JobViewOutcome() { }

    public sealed record Saved(SavedJobView View, bool IsNew) : JobViewOutcome;

    /// <summary>By field, each with its remedy (400).</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : JobViewOutcome;
}

/// <summary>Keeps views of the list of jobs: a person's own, and the team's, which operators of all workspaces change.</summary>
public sealed class JobViews(IDbContextFactory<ControlDbContext> contexts)
{
    private const string Everybody = "";
    private const int LongestName = 60;
    private const int LongestQuery = 1_000;
    private const int MostOfOne = 100;

    /// <summary>The team's and the caller's own, by name.</summary>
    public async Task<IReadOnlyList<SavedJobView>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var voter = caller.Actor.Voter;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context
            .Set<JobViewRow>()
            .AsNoTracking()
            .Where(v => v.Owner == Everybody || v.Owner == voter)
            .OrderBy(v => v.Owner != Everybody)
            .ThenBy(v => v.Name)
            .Select(v => new SavedJobView(
                v.Id,
                v.Name,
                v.Query,
                v.Scope,
                v.Sort,
                v.Owner == Everybody,
                v.SavedBy,
                v.SavedAt
            ))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Saves a view, or replaces the one of the same name and owner.</summary>
    public async Task<JobViewOutcome> SaveAsync(JobViewWish view, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(view);
        ArgumentNullException.ThrowIfNull(caller);
        if (view.Team)
            caller.Require(Role.Operator, Caller.Everywhere);
        var errors = Problems(view);
        if (errors.Count > 0)
            return new JobViewOutcome.Invalid(errors);
        var owner = view.Team ? Everybody : caller.Actor.Voter;
        var name = view.Name!.Trim();
        var (query, scope, sort) = (view.Query?.Trim() ?? "", view.Scope ?? "", view.Sort ?? "");
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        if (await context.Set<JobViewRow>().CountAsync(v => v.Owner == owner, cancellationToken) >= MostOfOne)
        {
            errors["name"] = [$"At most {MostOfOne} views are kept. Delete one first."];
            return new JobViewOutcome.Invalid(errors);
        }
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var before = await context
            .Set<JobViewRow>()
            .AsNoTracking()
            .SingleOrDefaultAsync(v => v.Owner == owner && v.Name == name, cancellationToken);
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO job_views (id, owner, name, query, scope, sort, saved_by, saved_at) VALUES ({Guid.CreateVersion7()}, {owner}, {name}, {query}, {scope}, {sort}, {caller.Display}, ac_now())
            ON CONFLICT (owner, name) DO UPDATE SET query = EXCLUDED.query, scope = EXCLUDED.scope, sort = EXCLUDED.sort, saved_by = EXCLUDED.saved_by, saved_at = EXCLUDED.saved_at
            """,
            cancellationToken
        );
        await context.AppendAsync(
            new AuditEntry(caller.Actor, "jobView.saved", $"jobView:{name}")
            {
                TargetName = name,
                Before = before is null
                    ? null
                    : new
                    {
                        before.Query,
                        before.Scope,
                        before.Sort,
                    },
                After = new
                {
                    Query = query,
                    Scope = scope,
                    Sort = sort,
                    view.Team,
                },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        var saved = (await ListAsync(caller, cancellationToken)).Single(v => v.Team == view.Team && v.Name == name);
        return new JobViewOutcome.Saved(saved, before is null);
    }

    /// <summary>One's own, or the team's by an operator of all workspaces. False where there is no such view.</summary>
    public async Task<bool> DeleteAsync(Guid id, Caller caller, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        var voter = caller.Actor.Voter;
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var row = await context
            .Set<JobViewRow>()
            .SingleOrDefaultAsync(v => v.Id == id && (v.Owner == Everybody || v.Owner == voter), cancellationToken);
        if (row is null)
            return false;
        if (row.Owner == Everybody)
            caller.Require(Role.Operator, Caller.Everywhere);
        context.Remove(row);
        await context.SaveChangesAsync(cancellationToken);
        await context.AppendAsync(
            new AuditEntry(caller.Actor, "jobView.deleted", $"jobView:{row.Name}")
            {
                TargetName = row.Name,
                Before = new
                {
                    row.Query,
                    row.Scope,
                    row.Sort,
                },
            },
            cancellationToken
        );
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static Dictionary<string, string[]> Problems(JobViewWish view)
    {
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var name = view.Name?.Trim() ?? "";
        if (name.Length is 0 or > LongestName || name.Any(char.IsControl))
            errors["name"] = [$"Use a name of 1 to {LongestName} characters in one line."];
        if (view.Query?.Length > LongestQuery)
            errors["query"] = [$"Use at most {LongestQuery:N0} characters."];
        else if (JobSearch.Parse(view.Query).Problems is { Count: > 0 } problems)
            errors["query"] = [.. problems];
        if (view.Scope is not (null or "" or "mine" or "all"))
            errors["scope"] = ["Use mine, all, or leave it out for the usual jobs."];
        if (view.Sort?.Length > LongestName)
            errors["sort"] = [$"Use at most {LongestName} characters."];
        return errors;
    }
}
