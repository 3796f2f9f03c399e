using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Core.Notifications;
using AgentControl.Engine.Storage;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>A rule of the database as the scan asks it.</summary>
/// <param name="Channel">A channel's name, or <c>inApp</c>.</param>
/// <param name="Tell">Words and addresses, for e-mail.</param>
internal sealed record KeptRule(Guid Id, NotificationRule When, string Channel, IReadOnlyList<string> Tell)
{
    public int? EveryMinutes { get; init; }
    public int? EveryPercent { get; init; }
    public bool CommentOnResult { get; init; }

    /// <summary>News wait for its windows; null where they are told one by one.</summary>
    public DigestPlan? Digest { get; init; }

    /// <summary>Whether this news waits for a window. What needs a person never does.</summary>
    public bool Gathers(string kind) => Digest is not null && kind != NotificationKind.NeedsPerson;
}

/// <summary>The channels and rules that hold now.</summary>
/// <param name="Channels">Those of the configuration and those that admins made.</param>
internal sealed record OpenBook(IReadOnlyList<ChannelSettings> Channels, IReadOnlyList<KeptRule> Rules)
{
    public ChannelSettings? Find(string name) => Channels.FirstOrDefault(c => c.Name == name);
}

/// <summary>Reads channels and rules, from the configuration and from the database. They are read anew each time: every process follows a change at once.</summary>
internal sealed class NotificationBook(
    NotificationChannels configured,
    IDataProtectionProvider protection,
    NpgsqlDataSource database
)
{
    /// <summary>What stands where a secret was kept.</summary>
    private const string Purpose = "AgentControl.Notifications.Channels";
    private readonly IDataProtector protector = protection.CreateProtector(Purpose);

    public async Task<OpenBook> OpenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await OpenAsync(connection, cancellationToken);
    }

    public async Task<OpenBook> OpenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var channels = new List<ChannelSettings>(configured.All);
        await using (
            var command = Sql.Command(connection, "SELECT name, type, settings, secrets FROM notification_own_channels")
        )
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
            while (await row.ReadAsync(cancellationToken))
                if (configured.Find(row.GetString(0)) is null)
                    channels.Add(Own(row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3)));
        var rules = new List<KeptRule>();
        await using (
            var command = Sql.Command(
                connection,
                "SELECT id, kinds, agents, tags, workspaces, channel, tell, every_minutes, every_percent, comment_on_result, digest FROM notification_rules WHERE enabled ORDER BY created_at, id"
            )
        )
        await using (var row = await command.ExecuteReaderAsync(cancellationToken))
            while (await row.ReadAsync(cancellationToken))
                rules.Add(
                    new(
                        row.GetGuid(0),
                        new(
                            row.GetFieldValue<string[]>(1),
                            row.GetFieldValue<string[]>(2),
                            row.GetFieldValue<string[]>(3),
                            row.GetFieldValue<string[]>(4)
                        ),
                        row.GetString(5),
                        row.GetFieldValue<string[]>(6)
                    )
                    {
                        EveryMinutes = row.IsDBNull(7) ? null : row.GetInt32(7),
                        EveryPercent = row.IsDBNull(8) ? null : row.GetInt32(8),
                        CommentOnResult = row.GetBoolean(9),
                        Digest = DigestPlan.Read(row.IsDBNull(10) ? null : row.GetString(10)),
                    }
                );
        return new(channels, rules);
    }

    public string Hide(IReadOnlyDictionary<string, string> secrets) =>
        protector.Protect(JsonSerializer.Serialize(secrets, JournalJson.Options));

    /// <summary>Null where they can no longer be read: the keys of this program are not those that hid them.</summary>
    public IReadOnlyDictionary<string, string>? Reveal(string hidden)
    {
        try
        {
            return JsonSerializer.Deserialize<Dictionary<string, string>>(
                protector.Unprotect(hidden),
                JournalJson.Options
            );
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null;
        }
    }

    private ChannelSettings Own(string name, string type, string settings, string hidden)
    {
        var values = OwnChannelText.Read(settings);
        if (Reveal(hidden) is not { } secrets)
            return new ChannelSettings(name, type, NotificationRule.Nothing, null) { IsOwn = true, Unreadable = true };
        var (channel, _) = ChannelReader.ReadOwn(name, OwnChannelText.Joined(type, values, secrets));
        return channel;
    }
}
