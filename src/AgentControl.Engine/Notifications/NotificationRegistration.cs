using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>Registers channels, outbox and what people do with them.</summary>
internal static class NotificationRegistration
{
    public static void AddNotifications(this IServiceCollection services, IConfiguration configuration)
    {
        var channels = ChannelReader.Read(configuration);
        services.AddSingleton(s => new NotificationChannels(
            channels,
            configuration["AgentControl:PublicUrl"] is [_, ..] url ? url : "http://localhost:5080",
            s.GetRequiredService<TimeProvider>()
        ));
        services.AddSharedKeys();
        services.AddSingleton<NotificationBook>();
        services.AddSingleton(s => new NotificationRules(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<NotificationBook>()
        ));
        services.AddSingleton(s => new OwnChannels(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<NotificationBook>(),
            s.GetRequiredService<NotificationChannels>()
        ));
        services.AddSingleton(s => new SlackActions(
            s.GetRequiredService<NpgsqlDataSource>(),
            (s.GetRequiredService<NotificationBook>(), s.GetRequiredService<NotificationChannels>()),
            s.GetRequiredService<SlackLinks>(),
            s.GetRequiredService<Access.CallerDirectory>(),
            s.GetRequiredService<Approvals.ApprovalQueries>()
        ));
        services.AddSingleton<NotificationScan>();
        services.AddSingleton<NotificationStatus>();
        services.AddSingleton<NotificationDigests>();
        services.AddSingleton<MentionScan>();
        services.AddSingleton<NotificationSignals>();
        services.AddSingleton(s => new NotificationFeed(
            s.GetRequiredService<IDbContextFactory<Storage.ControlDbContext>>(),
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<NotificationSignals>()
        ));
        services.AddSingleton(s => new NotificationDelivery(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<NotificationChannels>(),
            s.GetRequiredService<NotificationBook>(),
            s.GetRequiredService<EventFeed>()
        ));
        services.AddSingleton(s => new NotificationCommands(
            s.GetRequiredService<NpgsqlDataSource>(),
            s.GetRequiredService<NotificationChannels>(),
            s.GetRequiredService<NotificationBook>()
        ));
        services.AddSingleton(s => new NotificationQueries(
            s.GetRequiredService<IDbContextFactory<Storage.ControlDbContext>>(),
            s.GetRequiredService<NotificationBook>()
        ));
    }
}
