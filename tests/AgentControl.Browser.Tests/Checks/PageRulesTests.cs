using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>What holds on every page, asked in one visit of each: A01, A02, A04, A24, A28 and A30.</summary>
[Collection(PagesCollection.Name)]
public sealed class PageRulesTests(CheckedProgram program)
{
    private const int FewStops = 12;

    private static readonly (int Width, int Height)[] _sizes = [(1440, 900), (390, 844)];

    private static readonly string _axe = new BundledAxeScriptProvider().GetScript();

    private const string EveryRule = """
        { "resultTypes": ["violations"], "runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"],
          "rules": { "region": { "enabled": true }, "landmark-one-main": { "enabled": true }, "page-has-heading-one": { "enabled": true } } }
        """;

    // The other theme has other colours and the same elements.
    private const string RulesOfColour = """
        { "resultTypes": ["violations"], "runOnly": { "type": "rule", "values": ["color-contrast", "link-in-text-block"] } }
        """;

    private const string Violations = """
        async (options) => (await axe.run(document, JSON.parse(options))).violations
          .flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html} ${n.any[0]?.message ?? ""}`))
        """;

    private const string Looks = """
        () => {
          const wrong = [], name = (e) => `${e.tagName.toLowerCase()}.${e.className?.baseVal ?? e.className}`;
          const banned = ["rgb(89, 74, 226)", "rgb(119, 107, 231)"];
          for (const e of document.querySelectorAll("body, body *")) {
            const style = getComputedStyle(e);
            for (const part of ["color", "backgroundColor", "borderTopColor", "borderBottomColor", "outlineColor", "fill", "stroke"])
              if (banned.includes(style[part])) wrong.push(`${name(e)} has the library's ${part}`);
            if (e.matches("button, [role=tab], .ac-tab") && style.textTransform !== "none") wrong.push(`${name(e)} is ${style.textTransform}`);
            if (e.matches(".mud-appbar, main .mud-paper") && style.boxShadow !== "none") wrong.push(`${name(e)} casts a shadow`);
          }
          const font = getComputedStyle(document.body).fontFamily;
          if (!/^"?Atkinson/.test(font)) wrong.push(`the font is ${font}`);
          return wrong;
        }
        """;

    private const string Breaches = """
        (main) => {
          main.insertAdjacentHTML("beforeend", `<h1>Again</h1><img src="data:,"><p style="color:#777;background:#888">Faint</p>
            <button class="shout" style="text-transform:uppercase">Loud</button><b data-state="x" class="ac-chip" style="border:0">x</b>
            <ac-time><time datetime="yesterday">1 d ago</time></ac-time>`);
          main.animate([{ opacity: 0.9 }, { opacity: 1 }], { duration: 60000 });
        }
        """;

    [Theory]
    [MemberData(nameof(Routes.Every), MemberType = typeof(Routes))]
    public async Task A_page_keeps_every_rule(string route)
    {
        var page = await program.NewPageAsync(route, new() { ReducedMotion = ReducedMotion.Reduce });
        await using var context = page.Context;
        await program.VisitAsync(page, route);
        if (Routes.HasTimes(route))
            await Assertions.Expect(page.Locator("main ac-time").First).ToBeAttachedAsync();
        await Assertions.Expect(page).ToHaveTitleAsync(Routes.TitleOf(route));

        var broken = await BrokenAsync(page);
        broken.AddRange(await KeyboardWalk.BrokenAsync(page));
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }

    [Fact]
    public async Task The_rules_find_what_breaks_them()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await program.VisitAsync(page, "/jobs/new");
        await page.Locator("main").EvaluateAsync(Breaches);

        var broken = await BrokenAsync(page);

        foreach (
            var breach in new[]
            {
                "A01 1440 Light image-alt",
                "A01 390 Light image-alt",
                "A01 1440 Dark color-contrast",
                "A02 2 of h1",
                "A04 button.shout is uppercase",
                "A24 1 animations",
                "A24 no border",
                "A30 'yesterday'",
            }
        )
            Assert.Contains(broken, b => b.StartsWith(breach, StringComparison.Ordinal));
    }

    private static async Task<List<string>> BrokenAsync(IPage page)
    {
        var broken = new List<string>();
        broken.AddRange((await page.EvaluateAsync<string[]>(Looks)).Select(b => $"A04 {b}"));
        await AddMotionAsync(page, broken);
        await AddTimesAsync(page, broken);
        await AddAccessibilityAsync(page, broken);
        await AddLandmarksAsync(page, broken);
        await AddForcedColoursAsync(page, broken);
        return broken;
    }

    private static async Task AddLandmarksAsync(IPage page, List<string> broken)
    {
        foreach (var one in new[] { "main, [role=main]", "h1" })
        {
            var count = await page.Locator(one).CountAsync();
            if (count != 1)
                broken.Add($"A02 {count} of {one}");
        }
    }

    private static async Task AddMotionAsync(IPage page, List<string> broken)
    {
        var moving = await page.EvaluateAsync<int>("() => document.getAnimations().length");
        if (moving > 0)
            broken.Add($"A24 {moving} animations for those who asked for less motion");
    }

    private static async Task AddTimesAsync(IPage page, List<string> broken) =>
        broken.AddRange(
            (await page.Locator("ac-time").EvaluateAllAsync<string[]>(TimesTests.Instants))
                .Where(i => !TimesTests.Utc.IsMatch(i))
                .Select(i => $"A30 '{i}' is no instant in UTC")
        );

    private static async Task AddAccessibilityAsync(IPage page, List<string> broken)
    {
        await page.EvaluateAsync(_axe);
        foreach (var (scheme, rules) in new[] { (ColorScheme.Light, EveryRule), (ColorScheme.Dark, RulesOfColour) })
        {
            await page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await Assertions
                .Expect(page.Locator("html"))
                .ToHaveAttributeAsync("data-theme", scheme == ColorScheme.Dark ? "dark" : "light");
            foreach (var (width, height) in _sizes)
            {
                await page.SetViewportSizeAsync(width, height);
                broken.AddRange(
                    (await page.EvaluateAsync<string[]>(Violations, rules)).Select(v => $"A01 {width} {scheme} {v}")
                );
            }
        }
    }

    private static async Task AddForcedColoursAsync(IPage page, List<string> broken)
    {
        await page.EmulateMediaAsync(new() { ForcedColors = ForcedColors.Active });
        broken.AddRange(
            (
                await page.Locator("[data-state].ac-chip, main [role=progressbar], main .ac-btn:not(.ac-btn--plain)")
                    .EvaluateAllAsync<string[]>(FocusAndColourTests.Unbordered)
            ).Select(b => $"A24 no border: {b}")
        );
        for (var stop = 0; stop < FewStops; stop++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<string>(FocusAndColourTests.Unseen) is { Length: > 0 } unseen)
                broken.Add($"A24 the focus is not seen: {unseen}");
        }
    }
}
