using System.Security.Cryptography;
using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Audit;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>Somebody in Slack who asks to be known here.</summary>
/// <param name="Name">What Slack calls them.</param>
public sealed record SlackIdentity(string User, string Name);

/// <summary>
/// Who people are in Slack. Nobody types it in: a press of a button in Slack gives that Slack user, and nobody else, a link that is good for
/// a quarter of an hour, and whoever signs in with it says that it is them.
/// </summary>
public sealed class SlackLinks
{
    /// <summary>How long a link can be used.</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromMinutes(15);

    private readonly NpgsqlDataSource database;
    private readonly IDataProtector protector;
    private readonly TimeProvider time;

    public SlackLinks(NpgsqlDataSource database, IDataProtectionProvider protection, TimeProvider time) =>
        (this.database, protector, this.time) = (
            database,
            protection.CreateProtector("AgentControl.Notifications.SlackLinks"),
            time
        );

    /// <summary>Whose words a token carries; null where it is none, or too old.</summary>
    public SlackIdentity? Read(string? token)
    {
        if (string.IsNullOrEmpty(token) || token.Length > 2_000)
            return null;
        try
        {
            var kept = JsonSerializer.Deserialize<Kept>(protector.Unprotect(token), JournalJson.Options)!;
            return kept.Until > time.GetUtcNow() ? new(kept.User, kept.Name) : null;
        }
        catch (Exception problem) when (problem is CryptographicException or JsonException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Who the person is in Slack; null where they are not linked.</summary>
    public async Task<string?> OfAsync(Guid person, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await Sql.ScalarAsync<string>(connection, "SELECT slack_user FROM users WHERE id = $1", person);
    }

    /// <summary>Links the person to whoever the token was made for.</summary>
    /// <returns>Why not, in a sentence; null where it is done.</returns>
    public async Task<string?> LinkAsync(Caller who, string? token, CancellationToken cancellationToken)
    {
        var person = Require(who);
        if (Read(token) is not { } identity)
            return "This link is too old, or none. Press the button in Slack again.";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        try
        {
            await Sql.ExecuteAsync(connection, "UPDATE users SET slack_user = $2 WHERE id = $1", person, identity.User);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return "Another account is linked to this Slack user. Take that link away first, on its profile.";
        }
        await AuditAsync(connection, transaction, who, "person.slackLinked", identity.User, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    /// <summary>Takes the person's link away.</summary>
    public async Task UnlinkAsync(Caller who, CancellationToken cancellationToken)
    {
        var person = Require(who);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (
            await Sql.ExecuteAsync(
                connection,
                "UPDATE users SET slack_user = NULL WHERE id = $1 AND slack_user IS NOT NULL",
                person
            ) == 0
        )
            return;
        await AuditAsync(connection, transaction, who, "person.slackUnlinked", null, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    internal string Token(SlackPress press) =>
        protector.Protect(
            JsonSerializer.Serialize(
                new Kept(press.User, Events.Texts.Clean(press.Name, 80), time.GetUtcNow() + Lasts),
                JournalJson.Options
            )
        );

    private static Guid Require(Caller who)
    {
        ArgumentNullException.ThrowIfNull(who);
        return who.Kind == CallerKind.Person ? who.Id : throw new AccessDeniedException(Role.Viewer, Caller.Everywhere);
    }

    private static Task AuditAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Caller who,
        string action,
        string? user,
        CancellationToken cancellationToken
    ) =>
        AuditLog.AppendAsync(
            connection,
            transaction,
            new AuditEntry(who.Actor, action, $"person:{who.Id}")
            {
                TargetName = who.Name,
                After = user is null ? null : new { SlackUser = user },
            },
            cancellationToken
        );

    private sealed record Kept(string User, string Name, DateTimeOffset Until);
}
