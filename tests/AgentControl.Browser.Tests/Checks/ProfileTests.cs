using System.Text.RegularExpressions;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>What a person stores in the profile counts at once and in every other browser.</summary>
[Collection(PagesCollection.Name)]
public sealed class ProfileTests(CheckedProgram program)
{
    private const string Looks = """
        () => JSON.stringify([document.documentElement.dataset.theme, document.documentElement.dataset.times, document.querySelector("ac-zone").textContent])
        """;

    private static readonly Regex _twelve = new(@"\d:\d\d [ap]m$", RegexOptions.None, TimeSpan.FromSeconds(1));

    [Fact]
    public async Task A12_With_single_keys_off_a_and_j_do_nothing_here_and_in_another_browser()
    {
        await using var context = await program.OpenAsStrangerAsync();
        var page = await program.JoinAsync(context, "Keyless");
        await page.OpenAsync("/approvals");
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Locator("#ac-shortcuts")).ToBeVisibleAsync();

        await SaveAsync(page, () => page.Locator("#profile-keys").UncheckAsync());

        await PressesNothingAsync(page);
        await using var other = await program.OpenAsStrangerAsync();
        await PressesNothingAsync(await People.SignInAsync(other, "Keyless"));
        await SaveAsync(page, () => page.Locator("#profile-keys").CheckAsync());
        await page.OpenAsync("/approvals");
        await page.Keyboard.PressAsync("?");
        await Assertions.Expect(page.Locator("#ac-shortcuts")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Theme_times_and_zone_are_there_in_another_browser_and_ending_its_sign_in_turns_it_out()
    {
        await using var context = await program.OpenAsStrangerAsync();
        var page = await program.JoinAsync(context, "Traveller");
        await SaveAsync(page, () => ChooseAsync(page));
        Assert.Equal("""["dark","absolute","Asia/Tokyo"]""", await page.EvaluateAsync<string>(Looks));

        await using var other = await program.OpenAsStrangerAsync();
        var there = await People.SignInAsync(other, "Traveller");
        await there.OpenAsync("/settings/profile");
        Assert.Equal("""["dark","absolute","Asia/Tokyo"]""", await there.EvaluateAsync<string>(Looks));
        await Assertions.Expect(there.Locator("[data-sign-in] ac-time").First).ToHaveTextAsync(_twelve);

        await page.OpenAsync("/settings/profile");
        await page.GetByRole(AriaRole.Button, new() { Name = "End all others" }).ClickAsync();
        await Assertions.Expect(page.Locator("[data-sign-in]")).ToHaveCountAsync(1);
        // Its open page is turned out by itself, at once.
        await there.WaitForURLAsync("**/signin**", new() { Timeout = 3_000 });
    }

    private static async Task ChooseAsync(IPage page)
    {
        await page.Locator("#profile-theme").SelectOptionAsync("dark");
        await page.Locator("#profile-times").SelectOptionAsync("absolute");
        await page.Locator("#profile-clock").SelectOptionAsync("12");
        await page.Locator("#profile-zone").FillAsync("Asia/Tokyo");
    }

    private static async Task SaveAsync(IPage page, Func<Task> fill)
    {
        await page.OpenAsync("/settings/profile");
        await fill();
        await page.GetByRole(AriaRole.Form, new() { Name = "How pages look" })
            .GetByRole(AriaRole.Button, new() { Name = "Save", Exact = true })
            .ClickAsync();
        await Assertions.Expect(page.GetByTestId("notice").Last).ToContainTextAsync("Saved.");
        await Assertions.Expect(page.Locator("ac-preferences")).ToBeAttachedAsync();
    }

    private static async Task PressesNothingAsync(IPage page)
    {
        await page.OpenAsync("/approvals");
        var address = page.Url;
        foreach (var key in new[] { "j", "a", "?", "/" })
            await page.Keyboard.PressAsync(key);
        await page.Keyboard.PressAsync("Control+k");
        // The chord with a modifier still works, so whatever the keys before it did has been done by now.
        await Assertions.Expect(page.Locator("#ac-goto")).ToBeVisibleAsync();
        Assert.Equal(address, page.Url);
        Assert.False(await page.Locator("#ac-shortcuts").IsVisibleAsync());
        Assert.Equal(0, await page.Locator("[data-testid=decision-bar]").CountAsync());
    }
}
