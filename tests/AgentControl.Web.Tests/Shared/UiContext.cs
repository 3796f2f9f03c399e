using AgentControl.Engine.Live;
using AgentControl.Web.Shared;
using AgentControl.Web.Shell;
using Bunit;
using Bunit.TestDoubles;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using MudBlazor.Services;

namespace AgentControl.Web.Tests.Shared;

/// <summary>A fresh circuit's services with a clock of the test and a feed that the test publishes to.</summary>
public abstract class UiContext : BunitContext
{
    protected UiContext()
    {
        Clock.SetUtcNow(new DateTimeOffset(2026, 11, 21, 14, 32, 7, TimeSpan.Zero));
        JSInterop.Mode = JSRuntimeMode.Loose;
        Services.AddMudServices();
        Services.AddSingleton<TimeProvider>(Clock);
        Services.AddSingleton<ILiveFeed>(Feed);
        Services.AddSingleton(Contact);
        Services.AddSingleton<StepOutputs>();
        Services.AddSingleton<DataAge>();
        Services.AddScoped<UiPulse>();
        Services.AddScoped<Announcer>();
        Services.AddScoped<Notices>();
        Services.AddScoped<INavCounts, NoNavCounts>();
        Services.AddScoped<IHoldSource, NothingHeld>();
        Services.AddScoped<IUnreadNews, NoUnreadNews>();
        Services.AddScoped<IOwnEnds, NoOwnEnds>();
        Services.AddScoped<IGoToSource, PageGoToSource>();
        this.AddBunitPersistentComponentState();
        Person = this.AddAuthorization();
    }

    internal FakeTimeProvider Clock { get; } = new();

    internal LocalLiveFeed Feed { get; } = new();

    internal EventFeed Contact { get; } = new();

    internal BunitAuthorizationContext Person { get; }

    internal static string Asset(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, "wwwroot-assets", path);
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new FileNotFoundException($"wwwroot-assets/{path} is not above {AppContext.BaseDirectory}.");
    }
}
